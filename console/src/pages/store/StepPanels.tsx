import { PrinterOutlined, ScanOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Fault, Stepper } from "@/pages/store/parts";
import { Scanner } from "@/pages/store/scan/Scanner";
import { signal } from "@/pages/store/signal";
import { Lines, Primary, type PanelProps } from "@/pages/store/TaskView";
import { refusalOf, useFaults } from "@/pages/store/useFaults";
import { useTasks } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { useWords } from "@/words/words";

const MOST_BOXES = 1_000;

/** In how many parcels. */
export function PackPanel(panel: PanelProps) {
  const t = useWords(words);
  const refused = refusalOf(panel.refusals, "pack");
  const [boxes, setBoxes] = useState(1);
  const mending = useFaults(refused?.entry, () => setBoxes(refused?.body.boxes ?? 1));
  return (
    <>
      <Lines {...panel} />
      <div className="st-card" style={{ marginTop: 8 }}>
        <div className="st-line">
          <Stepper
            label={t("boxes")}
            value={boxes}
            least={1}
            most={MOST_BOXES}
            shown={String(boxes)}
            onChange={(value) => {
              setBoxes(value);
              mending.mend("/boxes");
            }}
            at="/boxes"
            mending={mending}
            typed="st-boxes"
          />
          <Fault at="/boxes" mending={mending} />
        </div>
      </div>
      {panel.actions(
        <Primary onClick={() => panel.take({ name: "pack", body: { boxes } })}>{t("pack")}</Primary>,
      )}
    </>
  );
}

const OTHER = "…";

/** The carrier that routing chose, or the only one there is. */
function usual(carriers: readonly { code: string }[], planned: string): string {
  if (carriers.some(({ code }) => code === planned)) return planned;
  if (carriers.length === 0 || planned !== "") return OTHER;
  return carriers.length === 1 ? (carriers[0]?.code ?? "") : "";
}

/** Who takes the parcel, and under which number. */
export function ShipPanel(panel: PanelProps) {
  const t = useWords(words);
  const { seen } = useTasks(panel.store);
  const carriers = seen?.choices?.carriers ?? [];
  const planned = panel.shown.task.carrier ?? "";
  const [picked, setChosen] = useState<string | null>(null);
  const [other, setOther] = useState(planned);
  const [tracking, setTracking] = useState("");
  const refused = refusalOf(panel.refusals, "ship");
  const mending = useFaults(refused?.entry, () => {
    if (refused === undefined) return;
    const sent = refused.body;
    setChosen(carriers.some(({ code }) => code === sent.carrier) ? sent.carrier : OTHER);
    setOther(sent.carrier);
    setTracking(sent.tracking);
  });
  const chosen = picked ?? usual(carriers, planned);
  const [scanning, setScanning] = useState(false);
  const carrier = chosen === OTHER ? other.trim() : chosen;
  return (
    <>
      <Link to={`/store/label/${panel.shown.task.id}`} className="st-chip" style={{ margin: "4px 0 16px" }}>
        <PrinterOutlined aria-hidden /> {t("label")}
      </Link>
      {carriers.length > 0 && (
        <>
          <label className="st-label" htmlFor="st-carrier">
            {t("carrier")}
          </label>
          <Select
            id="st-carrier"
            style={{ width: "100%" }}
            value={chosen === "" ? undefined : chosen}
            {...(chosen !== OTHER && mending.of("/carrier") !== undefined && { status: "error" })}
            {...(chosen !== OTHER && mending.attributes("/carrier"))}
            onChange={(value) => {
              setChosen(value);
              mending.mend("/carrier");
            }}
            options={[
              ...carriers.map(({ code, name }) => ({ value: code, label: name })),
              { value: OTHER, label: t("another_carrier") },
            ]}
          />
        </>
      )}
      {chosen === OTHER && (
        <>
          <label className="st-label" htmlFor="st-other" style={{ marginTop: 12 }}>
            {carriers.length > 0 ? t("another_carrier") : t("carrier")}
          </label>
          <Input
            id="st-other"
            value={other}
            status={mending.of("/carrier") === undefined ? "" : "error"}
            {...mending.attributes("/carrier")}
            onChange={(event) => {
              setOther(event.target.value);
              mending.mend("/carrier");
            }}
          />
        </>
      )}
      <Fault at="/carrier" mending={mending} />
      <label className="st-label" htmlFor="st-tracking" style={{ marginTop: 12 }}>
        {t("tracking")}
      </label>
      <div className="st-row">
        <Input
          id="st-tracking"
          value={tracking}
          autoComplete="off"
          autoCapitalize="characters"
          status={mending.of("/tracking") === undefined ? "" : "error"}
          {...mending.attributes("/tracking")}
          onChange={(event) => {
            setTracking(event.target.value);
            mending.mend("/tracking");
          }}
        />
        <Button
          icon={<ScanOutlined />}
          aria-label={t("tracking_scan")}
          onClick={() => setScanning(!scanning)}
        />
      </div>
      <Fault at="/tracking" mending={mending} />
      {scanning && (
        <Scanner
          typed={false}
          onCode={(code) => {
            signal("good");
            setTracking(code);
            mending.mend("/tracking");
            setScanning(false);
          }}
        />
      )}
      <Lines {...panel} />
      {panel.actions(
        <Primary onClick={() => panel.take({ name: "ship", body: { carrier, tracking: tracking.trim() } })}>
          {t("ship")}
        </Primary>,
      )}
    </>
  );
}
