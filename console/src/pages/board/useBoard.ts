import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { api, data } from "@/api/client";
import { useCan } from "@/api/me";
import { LiveBoard, type Shown } from "@/pages/board/live";
import type { Connection } from "@/ui/stream";

const EVERY_MS = 5_000;

const BoardContext = createContext<LiveBoard | undefined>(undefined);
export const BoardProvider = BoardContext.Provider;

/** A part of the board that is there; drawn anew only when that part changes. */
export function useShown<T>(select: (shown: Shown) => T): T {
  const board = useContext(BoardContext);
  return useSyncExternalStore(board!.watch, () => select(board!.shown!));
}

/** Follow the board while the page is open: by its stream, or by asking for it where the role can't follow. */
export function useBoard(): {
  board: LiveBoard;
  there: boolean;
  follows: boolean;
  paused: boolean;
  waiting: number;
  connection: Connection;
  error: unknown;
} {
  const [board] = useState(() => new LiveBoard());
  const follows = useCan("stream:read");
  useEffect(() => (follows ? board.follow() : undefined), [board, follows]);
  const there = useSyncExternalStore(board.watch, () => board.shown !== undefined);
  const paused = useSyncExternalStore(board.watch, () => board.paused);
  const waiting = useSyncExternalStore(board.watch, () => board.waiting);
  const connection = useSyncExternalStore(board.watch, () => board.connection);
  const asked = useQuery({
    queryKey: ["board"],
    queryFn: () => data(api.GET("/v1/board", {})),
    enabled: !follows || (!there && connection === "lost"),
    refetchInterval: EVERY_MS,
    gcTime: 0,
  });
  useEffect(() => {
    if (asked.data !== undefined) board.put(asked.data);
  }, [board, asked.data]);
  return { board, there, follows, paused, waiting, connection, error: asked.error };
}
