import { CaretRightOutlined, PauseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { usePreferences } from "@/app/preferences";
import { Attention } from "@/pages/board/Attention";
import "@/pages/board/board.css";
import { Newest } from "@/pages/board/Newest";
import { OpenWork } from "@/pages/board/OpenWork";
import { Pulse } from "@/pages/board/Pulse";
import { Destinations, NearBy } from "@/pages/board/Reach";
import { BoardProvider, useBoard, useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import { moment, quantity } from "@/ui/format";
import { LiveBadge } from "@/ui/LiveBadge";
import { PageHeader } from "@/ui/PageHeader";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useWords } from "@/words/words";

export default function BoardView() {
  const t = useWords(words);
  const { board, there, follows, paused, waiting, connection, error } = useBoard();
  if (!there) {
    return (
      <>
        <PageHeader title={t("title")} note={follows && <LiveBadge connection={connection} />} />
        {error ? <ProblemAlert error={error} /> : <PageSkeleton />}
      </>
    );
  }
  return (
    <BoardProvider value={board}>
      <PageHeader
        title={t("title")}
        note={
          <span className="board-now">
            {follows ? <LiveBadge connection={connection} /> : t("no_stream")}
            <AsOf paused={paused} waiting={waiting} />
          </span>
        }
        actions={
          <Button
            icon={paused ? <CaretRightOutlined /> : <PauseOutlined />}
            aria-pressed={paused}
            onClick={() => board.pause(!paused)}
          >
            {paused ? t("resume") : t("pause")}
          </Button>
        }
      />
      <div className="board">
        <div className="board-main">
          <Attention />
          <Pulse />
          <OpenWork />
          <div className="board-pair">
            <NearBy />
            <Destinations />
          </div>
        </div>
        <Newest />
      </div>
    </BoardProvider>
  );
}

function AsOf({ paused, waiting }: { paused: boolean; waiting: number }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const at = useShown((shown) => shown.at);
  const time = moment(at, "clock");
  return (
    <span className="num" data-testid="as-of">
      {paused ? t("paused", { time, count: waiting, n: quantity(waiting, language) }) : t("as_of", { time })}
    </span>
  );
}
