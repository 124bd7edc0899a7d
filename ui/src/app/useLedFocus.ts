import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** How long a screen may take to be there, with a word that it is coming before it. */
const COMING_MS = 1_500;

function lead(): void {
  const at = document.activeElement;
  if (at !== null && at !== document.body) return;
  (document.getElementById("list") ?? document.getElementById("main"))?.focus();
}

/**
 * Leads the focus into a new screen where the one before took it along, such as after the palette:
 * the keyboard would begin at nothing, and a screen reader say nothing.
 */
export function useLedFocus(): void {
  const router = useRouter();
  useEffect(() => {
    let frame = 0;
    let end = 0;
    const look = () => {
      lead();
      frame = performance.now() < end ? requestAnimationFrame(look) : 0;
    };
    const forget = router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
      if (fromLocation === undefined || !pathChanged) return;
      end = performance.now() + COMING_MS;
      if (frame === 0) frame = requestAnimationFrame(look);
    });
    return () => {
      forget();
      cancelAnimationFrame(frame);
    };
  }, [router]);
}
