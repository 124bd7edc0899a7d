import { useEffect, useState } from "react";
import { useSpeech } from "../locales";
import { Page } from "../shared/Screen";

/** What comes sooner than this needs no words. */
const SOON_MS = 300;

/** Until a screen is there. */
export function Waiting() {
  const { t } = useSpeech();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Page busy>
      <p className="quiet" role="status">
        {late && t("loading")}
      </p>
    </Page>
  );
}
