import { type ReactNode, useEffect, useRef } from "react";
import { useSpeech } from "../words";

/** What slides up over the camera: a dialog of the browser's own, which keeps the focus. */
export function Sheet({ head, onClose, children }: { head: string; onClose: () => void; children: ReactNode }) {
  const { say } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="sheet"
      aria-labelledby="sheet-head"
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && onClose()}
    >
      <div className="sheet-inner">
        <header>
          <h2 id="sheet-head">{head}</h2>
          <button className="button small" type="button" onClick={onClose}>
            {say("close")}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
