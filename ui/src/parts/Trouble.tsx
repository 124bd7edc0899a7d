import { ApiProblem } from "../api/client";
import { useSpeech } from "../i18n/Speech";

/** What went wrong, and another try. */
export function Trouble({ error, retry }: { error: Error; retry(): void }) {
  const { words } = useSpeech();
  const silent = error instanceof ApiProblem && error.code === "unreachable";
  return (
    <div className="empty" role="alert">
      <h2>{words.trouble.title}</h2>
      <p>{silent ? words.trouble.unreachable : error.message}</p>
      <button type="button" className="button" onClick={retry}>
        {words.tryAgain}
      </button>
    </div>
  );
}
