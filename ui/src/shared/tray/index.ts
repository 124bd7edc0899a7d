export { Tray } from "./Tray";
export { dismiss, tell, type Work, type WorkState } from "./work";
