import { useEffect, useState } from "react";
import styles from "./DropAnywhere.module.css";

const hasFiles = (drag: DragEvent) => drag.dataTransfer?.types.includes("Files") ?? false;

/** Takes what is dropped anywhere on the window; seen only while a file hovers above. */
export function DropAnywhere({
  title,
  text,
  take,
}: {
  title: string;
  /** What happens to a file that is dropped. */
  text: string;
  take(file: File, more: readonly File[]): void;
}) {
  const [hovers, setHovers] = useState(false);
  useEffect(() => {
    const enter = (drag: DragEvent) => {
      if (!hasFiles(drag)) return;
      drag.preventDefault();
      setHovers(true);
    };
    // Otherwise the browser would leave the office and show the file.
    const hold = (drag: DragEvent) => {
      if (hasFiles(drag)) drag.preventDefault();
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", hold);
    window.addEventListener("drop", hold);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", hold);
      window.removeEventListener("drop", hold);
    };
  }, []);
  if (!hovers) return null;
  return (
    <div
      className={styles.veil}
      onDragLeave={() => setHovers(false)}
      onDrop={(drop) => {
        drop.preventDefault();
        setHovers(false);
        const [file, ...more] = drop.dataTransfer.files;
        if (file !== undefined) take(file, more);
      }}
    >
      <p className={styles.words}>
        <strong>{title}</strong>
        <span className="quiet">{text}</span>
      </p>
    </div>
  );
}
