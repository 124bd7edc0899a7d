import { useEffect } from "react";

/** Keeps the display lit while a screen is shown; browsers let go of it when the page is out of sight. */
export function useAwake(): void {
  useEffect(() => {
    let over = false;
    let lock: WakeLockSentinel | null = null;
    const take = async () => {
      if (document.visibilityState !== "visible") return;
      const { wakeLock } = navigator as { wakeLock?: WakeLock };
      const taken = (await wakeLock?.request("screen").catch(() => null)) ?? null;
      if (over) await taken?.release();
      else lock = taken;
    };
    const seen = () => void take();
    void take();
    document.addEventListener("visibilitychange", seen);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", seen);
      void lock?.release();
    };
  }, []);
}
