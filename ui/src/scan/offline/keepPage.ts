/** Has the page kept by the browser, so that it opens without a network. */

/** Whether the page will open without a network; browsers refuse to keep it where they don't trust the certificate. */
export async function keepPage(): Promise<boolean> {
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  // While it is being worked on, the page has to come anew each time.
  if (serviceWorker === undefined || import.meta.env.DEV) return true;
  try {
    const registration = await serviceWorker.register("/scan-worker.js", { scope: "/scan/" });
    // A newer page that waits takes over now, while nobody has begun to scan.
    if (registration.waiting !== null && serviceWorker.controller !== null) {
      serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting.postMessage("take over");
    }
    return true;
  } catch {
    return false;
  }
}
