import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { LiveStream, type Connection, type LiveEvent } from "@/ui/stream";

const live = new LiveStream();

/**
 * Live events of these names, in one batch an animation frame; the state of the connection.
 *
 *     const connection = useStream(["order.placed"], (events) => …, () => void orders.refetch());
 */
export function useStream(
  names: readonly string[],
  onEvents: (events: LiveEvent[]) => void,
  onGap?: () => void,
  enabled = true,
): Connection {
  const told = useEffectEvent(onEvents);
  const missed = useEffectEvent(() => onGap?.());
  const wanted = names.join(" ");

  useEffect(() => {
    if (!enabled) return;
    return live.listen({ names: wanted.split(" "), onEvents: told, onGap: missed });
  }, [wanted, enabled]);

  return useSyncExternalStore(live.watch, () => live.state);
}
