import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useSession } from "../api";
import { Named } from "./Named";

// Nothing of these is in the first screen, so that it comes sooner.
const Overlays = lazy(async () => ({ default: (await import("./Overlays")).Overlays }));
const SignInDialog = lazy(async () => ({ default: (await import("./SignInDialog")).SignInDialog }));

/** Every page, and what may float above it. */
export function Root() {
  const { waiting } = useSession();
  return (
    <Named>
      <Outlet />
      <Suspense fallback={null}>
        <Overlays />
      </Suspense>
      <Suspense fallback={null}>{waiting && <SignInDialog />}</Suspense>
    </Named>
  );
}
