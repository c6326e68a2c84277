/**
 * The look: tokens for light and dark, and one palette for categories. Nothing else in the console names a colour.
 *
 * Text has at least 4.5:1 on every surface in both themes, marks of charts and maps 3:1 (theme.test.ts measures it).
 * The categories keep apart for the colour-blind: they are made after Okabe and Ito and differ in lightness, too.
 */
import { theme, type ThemeConfig } from "antd";

export interface Look {
  dark: boolean;
  surface: string;
  page: string;
  raised: string;
  border: string;
  line: string;
  text: string;
  muted: string;
  primary: string;
  link: string;
  tone: Record<Tone, { text: string; fill: string; mark: string }>;
  /** In this order for anything that has no colour of its own. */
  categories: readonly string[];
  channel: Record<Channel, string>;
  /** From few to many, for heat and density. */
  ramp: readonly string[];
  map: { land: string; water: string; border: string; label: string };
}

export type Tone = "neutral" | "info" | "progress" | "success" | "warning" | "danger";
export type Channel = "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";

const channels = (c: readonly [string, string, string, string, string, string]): Record<Channel, string> => ({
  web: c[0],
  app: c[1],
  mini_program: c[2],
  till: c[3],
  marketplace: c[4],
  agent: c[5],
});

const LIGHT_CATEGORIES = [
  "#0b63b6",
  "#c2570c",
  "#0a7d5a",
  "#8f4bb0",
  "#8a6d00",
  "#5f6873",
  "#c2326b",
  "#0f8299",
] as const;
const DARK_CATEGORIES = [
  "#5aa9f0",
  "#f2955c",
  "#41c79a",
  "#c79be0",
  "#dcbb45",
  "#a3adb9",
  "#f083ad",
  "#54c4da",
] as const;

export const light: Look = {
  dark: false,
  surface: "#ffffff",
  page: "#f4f6f8",
  raised: "#ffffff",
  border: "#c9d0d8",
  line: "#e4e8ec",
  text: "#1c2329",
  muted: "#55606c",
  primary: "#1650c4",
  link: "#1650c4",
  tone: {
    neutral: { text: "#434d58", fill: "#eef1f4", mark: "#6b7682" },
    info: { text: "#114aa8", fill: "#e8f0fd", mark: "#1f63d6" },
    progress: { text: "#5b3c94", fill: "#f1ecfa", mark: "#7a52c2" },
    success: { text: "#0b6146", fill: "#e3f4ed", mark: "#0a7d5a" },
    warning: { text: "#7a4a00", fill: "#fdf1dc", mark: "#b06a00" },
    danger: { text: "#a11b2b", fill: "#fdebec", mark: "#cf2a3d" },
  },
  categories: LIGHT_CATEGORIES,
  channel: channels([
    LIGHT_CATEGORIES[0],
    LIGHT_CATEGORIES[1],
    LIGHT_CATEGORIES[2],
    LIGHT_CATEGORIES[3],
    LIGHT_CATEGORIES[4],
    LIGHT_CATEGORIES[5],
  ]),
  ramp: ["#d6e6f7", "#a5c8ec", "#6aa3db", "#2f7cc4", "#0b5699", "#06386a"],
  map: { land: "#f7f8f6", water: "#dde5ec", border: "#b6bfc8", label: "#55606c" },
};

export const dark: Look = {
  dark: true,
  surface: "#171b20",
  page: "#0f1317",
  raised: "#20262d",
  border: "#47515c",
  line: "#2a313a",
  text: "#e6eaee",
  muted: "#a4afba",
  primary: "#86b0ff",
  link: "#8fb6ff",
  tone: {
    neutral: { text: "#c5cdd6", fill: "#2a3139", mark: "#94a0ac" },
    info: { text: "#a9c8ff", fill: "#1b2c47", mark: "#6ea2f7" },
    progress: { text: "#d3bdf5", fill: "#2e2542", mark: "#a984e6" },
    success: { text: "#8bdcbb", fill: "#15332a", mark: "#3fc193" },
    warning: { text: "#f3c678", fill: "#3a2c12", mark: "#dd9a32" },
    danger: { text: "#ffb0b5", fill: "#43202a", mark: "#f0707c" },
  },
  categories: DARK_CATEGORIES,
  channel: channels([
    DARK_CATEGORIES[0],
    DARK_CATEGORIES[1],
    DARK_CATEGORIES[2],
    DARK_CATEGORIES[3],
    DARK_CATEGORIES[4],
    DARK_CATEGORIES[5],
  ]),
  ramp: ["#15304d", "#1d4a78", "#2a6aa8", "#4b90d2", "#86b9ea", "#c9e1f8"],
  map: { land: "#1d2329", water: "#12171c", border: "#46515d", label: "#a4afba" },
};

export const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", ' +
  '"Noto Sans CJK SC", "Noto Sans SC", Roboto, "Helvetica Neue", Arial, sans-serif';
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace';

/** Ant Design's tokens of a look; nothing moves for those who like it calm. */
export function antd(look: Look, calm = false): ThemeConfig {
  const onPrimary = look.dark ? "#0b1a33" : "#ffffff";
  return {
    algorithm: look.dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: look.primary,
      colorInfo: look.tone.info.mark,
      colorSuccess: look.tone.success.mark,
      colorWarning: look.tone.warning.mark,
      colorError: look.tone.danger.mark,
      colorLink: look.link,
      colorText: look.text,
      colorTextSecondary: look.muted,
      colorTextTertiary: look.muted,
      colorTextDescription: look.muted,
      colorTextPlaceholder: look.muted,
      colorBgLayout: look.page,
      colorBgContainer: look.surface,
      colorBgElevated: look.raised,
      colorBorder: look.border,
      colorBorderSecondary: look.line,
      colorSplit: look.line,
      borderRadius: 6,
      borderRadiusLG: 8,
      fontFamily: FONT,
      fontFamilyCode: MONO,
      fontSize: 14,
      controlHeight: 32,
      motion: !calm,
    },
    components: {
      Button: {
        primaryColor: onPrimary,
        dangerColor: onPrimary,
        fontWeight: 500,
        primaryShadow: "none",
        defaultShadow: "none",
      },
      Table: {
        headerBg: look.dark ? "#1c2127" : "#f7f9fa",
        headerColor: look.muted,
        headerSplitColor: "transparent",
        rowHoverBg: look.dark ? "#1e242b" : "#f4f7fb",
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 10,
        cellFontSizeSM: 13,
      },
      Menu: {
        itemBg: "transparent",
        subMenuItemBg: "transparent",
        itemSelectedBg: look.tone.info.fill,
        itemSelectedColor: look.tone.info.text,
        itemColor: look.text,
        groupTitleColor: look.muted,
        itemHeight: 36,
        itemMarginInline: 8,
        itemBorderRadius: 6,
        activeBarBorderWidth: 0,
      },
      Layout: {
        siderBg: look.surface,
        headerBg: look.surface,
        bodyBg: look.page,
        headerHeight: 52,
        headerPadding: "0 16px",
      },
      Card: { headerFontSize: 14, bodyPaddingSM: 16 },
      Tag: { defaultBg: look.tone.neutral.fill, defaultColor: look.tone.neutral.text },
      Form: { labelColor: look.text, itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
      Descriptions: { itemPaddingBottom: 8 },
    },
  };
}
