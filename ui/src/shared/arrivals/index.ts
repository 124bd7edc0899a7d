export { ArrivalsArea } from "./ArrivalsArea";
