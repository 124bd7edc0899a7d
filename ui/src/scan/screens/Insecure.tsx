import { useSpeech } from "../words";
import { Plain } from "./Plain";

/** Where the office gives the certificate that others are to trust. */
const AUTHORITY = "/api/network/authority";

/** How this phone comes to trust the office. */
export function TrustSteps() {
  const { say } = useSpeech();
  return (
    <>
      <ol className="steps">
        <li>{say("secure.one")}</li>
        <li>{say("secure.two")}</li>
        <li>{say("secure.three")}</li>
      </ol>
      <a className="button primary" href={AUTHORITY} download>
        {say("secure.download")}
      </a>
    </>
  );
}

export function Insecure() {
  const { say } = useSpeech();
  return (
    <Plain head={say("secure.head")} why={say("secure.why")}>
      <TrustSteps />
    </Plain>
  );
}

export function TooOld() {
  const { say } = useSpeech();
  return <Plain head={say("old.head")} why={say("old.why")} todo={say("old.do")} />;
}
