import { Button, Input } from "antd";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Note } from "@/pages/store/parts";
import { watch, type CameraState } from "@/pages/store/scan/camera";
import { words } from "@/pages/store/words";
import { useWords } from "@/words/words";

/** What is said while there is no picture takes the same room each: nothing moves away from under a thumb. */
const WITHOUT = ["starting", "denied", "none"] as const;

/** Codes from the camera, from a hand scanner (which types them), or typed by hand. */
export function Scanner({
  onCode,
  onClose,
  typed = true,
  busy = false,
}: {
  onCode: (code: string) => void;
  onClose?: () => void;
  typed?: boolean;
  busy?: boolean;
}) {
  const t = useWords(words);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>("starting");
  const [text, setText] = useState("");
  const take = useEffectEvent(onCode);

  useEffect(() => {
    if (video.current === null) return;
    return watch(video.current, take, setState);
  }, []);

  return (
    <div style={{ marginBottom: 12 }}>
      <div className={state === "on" ? "st-camera" : "st-no-camera"}>
        <video ref={video} muted playsInline aria-label={t("camera_view")} data-state={state} />
      </div>
      {state !== "on" && (
        <Note tone={state === "starting" ? "neutral" : "warning"} role="status">
          <div className="st-one-of">
            {WITHOUT.map((one) => (
              <span key={one} data-now={one === state} aria-hidden={one !== state}>
                {t(`camera_${one}`)}
              </span>
            ))}
          </div>
        </Note>
      )}
      {typed && (
        <form
          className="st-row"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") onCode(text.trim());
            setText("");
          }}
        >
          <Input
            value={text}
            placeholder={t("scan_type")}
            aria-label={t("scan_type")}
            maxLength={300}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
          <Button htmlType="submit" loading={busy}>
            {t("scan_look")}
          </Button>
        </form>
      )}
      {onClose !== undefined && (
        <Button block onClick={onClose} style={{ marginTop: 8 }}>
          {t("scan_stop")}
        </Button>
      )}
    </div>
  );
}
