import { useState } from "react";
import styles from "./Preview.module.css";
import type { Camera } from "./useCamera";

const USUAL = 16 / 9;

/** What the camera sees, with a frame around each code. */
export function Preview({ camera, mirrored, label }: { camera: Camera; mirrored: boolean; label: string }) {
  const { byMachine, picture, seen, video } = camera;
  const [aspect, setAspect] = useState(USUAL);
  // A picture is as wide as its camera says, so that the frame around a code lies where the code is.
  const fit = (width: number, height: number) => {
    if (width > 0 && height > 0) setAspect(width / height);
  };
  return (
    <div className={styles.preview} data-mirrored={mirrored ? "" : undefined} style={{ aspectRatio: aspect }}>
      {byMachine ? (
        picture !== null && (
          <img
            src={picture}
            alt={label}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => fit(naturalWidth, naturalHeight)}
          />
        )
      ) : (
        <video
          ref={video}
          muted
          playsInline
          aria-label={label}
          onResize={({ currentTarget: { videoWidth, videoHeight } }) => fit(videoWidth, videoHeight)}
        />
      )}
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {seen.map(({ text, corners }) => (
          <polygon key={text} points={corners.map(([x, y]) => `${x},${y}`).join(" ")} />
        ))}
      </svg>
    </div>
  );
}
