import { describe, expect, it } from "vitest";
import { againstPeers, hourRange, loadWords } from "@/pages/locations/rejecting";

const peers = (share: number | null) => ({ of: "group" as const, name: "north", locations: 3, share });

describe("a location against the others of its group", () => {
  it("rejects more, less, or as much", () => {
    expect(againstPeers({ share: 0.07, peers: peers(0.02) })).toBe("more");
    expect(againstPeers({ share: 0.01, peers: peers(0.02) })).toBe("less");
    expect(againstPeers({ share: 0.022, peers: peers(0.02) })).toBe("alike");
    expect(againstPeers({ share: 0, peers: peers(0) })).toBe("alike");
    expect(againstPeers({ share: 0.01, peers: null })).toBe("more");
  });
});

it("tells hours and loads in words", () => {
  const t = (key: string, values?: Record<string, string>) => [key, ...Object.values(values ?? {})].join(" ");
  const text = (share: number) => `${String(Math.round(share * 100))}%`;
  expect(hourRange(17, 19)).toBe("17:00–19:00");
  expect(loadWords({ load_from: null, load_to: null }, t, text)).toBe("load_unlimited");
  expect(loadWords({ load_from: 0, load_to: 0.5 }, t, text)).toBe("load_below 50%");
  expect(loadWords({ load_from: 0.5, load_to: 0.8 }, t, text)).toBe("load_between 50% 80%");
  expect(loadWords({ load_from: 0.8, load_to: null }, t, text)).toBe("load_above 80%");
});
