import { useEffect, useState } from "react";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";

/** Lets the program start with the machine, so that a gate is one again after a power cut. */
export function StartChoice() {
  const { t } = useSpeech();
  const [starts, setStarts] = useState<boolean | null>(null);
  useEffect(() => {
    let isHere = true;
    void platform()
      .startsWithMachine()
      .then((known) => isHere && setStarts(known));
    return () => {
      isHere = false;
    };
  }, []);
  if (starts === null) return null;
  return (
    <label>
      <input
        type="checkbox"
        checked={starts}
        onChange={({ target }) => void platform().startWithMachine(target.checked).then(setStarts)}
      />{" "}
      {t("gate.startsWithMachine")}
    </label>
  );
}
