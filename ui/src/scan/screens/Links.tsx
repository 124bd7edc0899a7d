import { type FormEvent, useState } from "react";
import { type Link, tokenOf } from "../keep/links";
import { useSpeech } from "../words";
import { Plain } from "./Plain";

/** Opened without a link: the ones that this phone knows, and room for another. */
export function Links({ links, onOpen }: { links: readonly Link[]; onOpen: (token: string) => void }) {
  const { say } = useSpeech();
  const [bad, setBad] = useState(false);
  const open = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = tokenOf(String(new FormData(event.currentTarget).get("link")));
    if (token === null) setBad(true);
    else onOpen(token);
  };
  return (
    <Plain head={say("links.head")}>
      {links.length > 0 && (
        <ul className="links">
          {links.map(({ token, title, deviceName }) => (
            <li key={token}>
              <button className="button" type="button" onClick={() => onOpen(token)}>
                <strong dir="auto">{title}</strong>
                <span dir="auto">{deviceName}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">{say("links.none")}</p>
      <form className="stack" onSubmit={open}>
        <label>
          {say("links.paste")}
          <input name="link" type="url" inputMode="url" autoComplete="off" aria-describedby={bad ? "link-bad" : undefined} />
        </label>
        {bad && (
          <p className="trouble" id="link-bad" role="alert">
            {say("links.bad")}
          </p>
        )}
        <button className="button primary" type="submit">
          {say("links.go")}
        </button>
      </form>
    </Plain>
  );
}
