import { FocusTrap } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { ask } from "../api";
import { useSpeech } from "../locales";
import styles from "./Frame.module.css";
import { SignInForm } from "./SignInForm";

/** Where the reader was going; an address of this office, and of no other. */
export function safeTarget(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) ? to : "/";
}

/** The door of the office. */
export function SignIn() {
  const { t } = useSpeech();
  const router = useRouter();
  const { to } = useSearch({ strict: false });
  const health = useQuery(ask.health());
  const first = health.data?.accounts === false;
  return (
    <main className={styles.door} id="main">
      <div className={styles.doorBox}>
        <h1>{t("signIn.welcome", { workspace: health.data?.workspace ?? t("signIn.office") })}</h1>
        {first && <p className="quiet">{t("signIn.registerText")}</p>}
        {!health.isPending && (
          <FocusTrap active>
            <div>
              <SignInForm first={first} done={() => router.history.push(safeTarget(to))} />
            </div>
          </FocusTrap>
        )}
      </div>
    </main>
  );
}
