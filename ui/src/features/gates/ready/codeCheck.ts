interface Detector {
  detect(picture: ImageBitmap): Promise<{ rawValue: string }[]>;
}

type Detectors = new (options: { formats: string[] }) => Detector;

/** Whether this browser reads codes by itself. */
export const canReadCodes = (): boolean => "BarcodeDetector" in globalThis;

/** Reads the code in a picture as a phone would; how long that took in ms, or null. */
export async function readCode(picture: Blob): Promise<number | null> {
  const { BarcodeDetector } = globalThis as unknown as { BarcodeDetector: Detectors };
  const bitmap = await createImageBitmap(picture);
  const begun = performance.now();
  const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(bitmap);
  return found === undefined || found.rawValue === "" ? null : performance.now() - begun;
}
