import { platform } from "./index";

let reasons = 0;

const say = (on: boolean) => void platform().stayAwake(on).catch(() => undefined);

// A browser lets the machine sleep when the page is out of sight.
const seenAgain = () => {
  if (document.visibilityState === "visible") say(true);
};

/** Keeps display and machine awake until the answer is called, by everybody who asked. */
export function keepAwake(): () => void {
  reasons += 1;
  if (reasons === 1) {
    say(true);
    document.addEventListener("visibilitychange", seenAgain);
  }
  let over = false;
  return () => {
    if (over) return;
    over = true;
    reasons -= 1;
    if (reasons > 0) return;
    document.removeEventListener("visibilitychange", seenAgain);
    say(false);
  };
}
