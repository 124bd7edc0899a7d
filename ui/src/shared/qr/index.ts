export { QrCode } from "./QrCode";
