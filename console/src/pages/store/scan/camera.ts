/** The camera as a reader of codes: the browser's own detector where it has one, else a library that is loaded then. */

const FORMATS = [
  "ean_13",
  "ean_8",
  "upc_a",
  "upc_e",
  "code_128",
  "code_39",
  "itf",
  "qr_code",
  "data_matrix",
] as const;

/** What a frame of the video says, or null. */
export type Read = (video: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(image: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

export async function reader(): Promise<Read> {
  return (await ownReader()) ?? (await libraryReader());
}

async function ownReader(): Promise<Read | null> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (Class === undefined) return null;
  try {
    const supported = await Class.getSupportedFormats();
    const formats = FORMATS.filter((format) => supported.includes(format));
    // a detector that knows no barcodes of goods is no help in a store
    if (!formats.includes("ean_13") || !formats.includes("code_128")) return null;
    const detector = new Class({ formats });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

const WIDTH = 960;

async function libraryReader(): Promise<Read> {
  const zxing = await import("@zxing/library");
  const {
    BarcodeFormat,
    BinaryBitmap,
    DecodeHintType,
    HybridBinarizer,
    MultiFormatReader,
    NotFoundException,
  } = zxing;
  const hints = new Map<unknown, unknown>([
    [
      DecodeHintType.POSSIBLE_FORMATS,
      [
        BarcodeFormat.EAN_13,
        BarcodeFormat.EAN_8,
        BarcodeFormat.UPC_A,
        BarcodeFormat.CODE_128,
        BarcodeFormat.CODE_39,
        BarcodeFormat.ITF,
        BarcodeFormat.QR_CODE,
        BarcodeFormat.DATA_MATRIX,
      ],
    ],
    [DecodeHintType.TRY_HARDER, true],
  ]);
  const multi = new MultiFormatReader();
  multi.setHints(hints as never);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    if (context === null || video.videoWidth === 0) return Promise.resolve(null);
    const scale = Math.min(1, WIDTH / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const source = new zxing.RGBLuminanceSource(
      luminance(context.getImageData(0, 0, canvas.width, canvas.height).data),
      canvas.width,
      canvas.height,
    );
    try {
      return Promise.resolve(multi.decodeWithState(new BinaryBitmap(new HybridBinarizer(source))).getText());
    } catch (error) {
      if (error instanceof NotFoundException) return Promise.resolve(null);
      return Promise.resolve(null); // half a code: a checksum that is wrong, a format that is broken
    } finally {
      multi.reset();
    }
  };
}

function luminance(pixels: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(pixels.length / 4);
  for (let i = 0; i < grey.length; i++) {
    const at = i * 4;
    grey[i] = (306 * (pixels[at] ?? 0) + 601 * (pixels[at + 1] ?? 0) + 117 * (pixels[at + 2] ?? 0)) >> 10;
  }
  return grey;
}

export type CameraState = "starting" | "on" | "denied" | "none";

const EVERY_MS = 120;
/** The same code is not taken twice while it stays in view. */
const SAME_MS = 2_000;

/** Read codes from the camera into `onCode` until stopped. */
export function watch(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
  onState: (state: CameraState) => void,
): () => void {
  let stopped = false;
  let stream: MediaStream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = { code: "", at: 0 };

  const run = async () => {
    const devices = (globalThis.navigator as Partial<Navigator>).mediaDevices;
    if (devices === undefined) return onState("none"); // plain http
    try {
      stream = await devices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
        audio: false,
      });
    } catch (error) {
      return onState(error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "none");
    }
    const read = await reader();
    if (stopped) return stream.getTracks().forEach((track) => track.stop());
    video.srcObject = stream;
    await video.play();
    onState("on");
    const look = async () => {
      const code = await read(video).catch(() => null);
      const now = Date.now();
      if (code !== null && !stopped) {
        if (code !== last.code || now - last.at > SAME_MS) onCode(code);
        last = { code, at: now };
      }
      if (!stopped) timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
  };
  void run().catch(() => onState("none"));
  return () => {
    stopped = true;
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
