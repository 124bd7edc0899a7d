import {
  convertCssVariables,
  createTheme,
  type CSSVariablesResolver,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  mergeMantineTheme,
  type VariantColorsResolver,
} from "@mantine/core";
import { DARK, LIGHT, SIZES, type Tokens } from "./tokens";

const rem = (pixels: number) => `${pixels / 16}rem`;

/** The accent in ten steps: the light theme fills with the seventh, the dark one with the fourth. */
const ACCENT: MantineColorsTuple = [
  "#eef1fd",
  "#dce2fb",
  "#b7c3fb",
  "#8ea2ff",
  "#6c83f2",
  "#4b65e6",
  "#2e4bd8",
  "#263fbb",
  "#1f349a",
  "#18297a",
];

/** Warm greys, so that nothing on paper looks blue. */
const GREY: MantineColorsTuple = [
  "#f7f5f0",
  "#f3f1ea",
  "#e9e6dc",
  "#e4e0d6",
  "#cfcabd",
  "#8a8678",
  "#5c594f",
  "#47453d",
  "#302e29",
  "#1b1a17",
];

const NIGHT: MantineColorsTuple = [
  "#f2efe8",
  "#c9c4b8",
  "#c9c4b8",
  "#a39d90",
  "#33312c",
  "#282622",
  "#1e1d1a",
  "#151412",
  "#100f0e",
  "#0b0a0a",
];

const REFUSED: MantineColorsTuple = [
  "#fdeceb",
  "#fbd9d6",
  "#f9c0bb",
  "#ff8a80",
  "#e86a60",
  "#cf463c",
  "#b3261e",
  "#9a1f18",
  "#7f1913",
  "#63120e",
];

const ADMITTED: MantineColorsTuple = [
  "#e7f6ed",
  "#cdedda",
  "#9ee5bc",
  "#3ddc84",
  "#2bb96b",
  "#189a55",
  "#0e7c3f",
  "#0b6634",
  "#095229",
  "#063d1e",
];

const FACE = '"Inter Variable", "Noto Sans", system-ui, sans-serif';

/** The colours whose shade turns with the theme: bright with ink on it where the ground is dark. */
const TURNING = ["accent", "red", "green"];

/** Text on a filled surface: Mantine would judge it by the light theme's shade alone. */
const variantColors: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input);
  const turns = TURNING.includes(input.color ?? input.theme.primaryColor);
  return input.variant === "filled" && turns ? { ...usual, color: "var(--on-accent)" } : usual;
};

/**
 * Lists to choose from: within the part of the page that they belong to, and the list itself
 * scrolls, so that a screen reader knows what it reads.
 */
const LISTS = {
  defaultProps: { withScrollArea: false, comboboxProps: { withinPortal: false } },
};

export const theme = createTheme({
  colors: { accent: ACCENT, gray: GREY, dark: NIGHT, red: REFUSED, green: ADMITTED },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 3 },
  variantColorResolver: variantColors,
  white: "#ffffff",
  black: LIGHT.ink,
  fontFamily: FACE,
  fontFamilyMonospace: 'ui-monospace, "Noto Sans Mono", monospace',
  headings: { fontFamily: FACE, fontWeight: "650" },
  fontSizes: { xs: rem(13), sm: rem(15), md: rem(15), lg: rem(18), xl: rem(24) },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.45", lg: "1.4", xl: "1.3" },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  radius: { xs: rem(4), sm: rem(8), md: rem(8), lg: rem(12), xl: rem(16) },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    // Locking the page's scrolling writes a <style> element, which the page's policy forbids; the
    // office's page never scrolls, only what is in it.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        padding: "lg",
        shadow: "none",
        overlayProps: { backgroundOpacity: 0 },
        transitionProps: { duration: 140 },
      },
    },
    Drawer: { defaultProps: { lockScroll: false } },
    Select: LISTS,
    MultiSelect: LISTS,
    TagsInput: LISTS,
    Autocomplete: LISTS,
    Tooltip: { defaultProps: { openDelay: 400 } },
    // Menus stay within the part of the page that they belong to, so that a screen reader finds
    // them there; fixed, so that no part cuts them off.
    Menu: {
      defaultProps: {
        withinPortal: false,
        floatingStrategy: "fixed",
        withInitialFocusPlaceholder: false,
        shadow: "none",
        transitionProps: { duration: 120 },
      },
    },
  },
});

/** A colour as a breath on the ground, for notes and quiet buttons. */
function tinted(name: string, colour: string): Record<string, string> {
  const mixed = (share: number) => `color-mix(in srgb, ${colour} ${share}%, transparent)`;
  return {
    [`--mantine-color-${name}-light`]: mixed(10),
    [`--mantine-color-${name}-light-hover`]: mixed(16),
    [`--mantine-color-${name}-light-color`]: colour,
  };
}

function tokenVariables(tokens: Tokens): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--${name}`, value])),
    "--mantine-color-body": tokens.ground,
    "--mantine-color-text": tokens.ink,
    "--mantine-color-bright": tokens.ink,
    "--mantine-color-dimmed": tokens.quiet,
    "--mantine-color-placeholder": tokens.quiet,
    "--mantine-color-error": tokens.bad,
    "--mantine-color-success": tokens.good,
    "--mantine-color-anchor": tokens.accent,
    "--mantine-color-default": tokens.raised,
    "--mantine-color-default-hover": tokens.hover,
    "--mantine-color-default-color": tokens.ink,
    "--mantine-color-default-border": tokens.edge,
    "--mantine-primary-color-contrast": tokens["on-accent"],
    ...tinted("accent", tokens.accent),
    ...tinted("red", tokens.bad),
    ...tinted("green", tokens.good),
  };
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: Object.fromEntries([
    ...SIZES.map((size) => [`--size-${size}`, rem(size)]),
    ["--radius", "8px"],
    ["--quick", "140ms ease-out"],
    ["--face", FACE],
  ]),
  light: tokenVariables(LIGHT),
  dark: tokenVariables(DARK),
});

function unlike(
  all: Record<string, string>,
  known: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => known[name] !== value));
}

/** The style sheet of the theme: what differs from Mantine's own, which its styles already carry. */
export function themeCss(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const own = cssVariables(merged);
  const resolved = defaultCssVariablesResolver(merged);
  const usual = defaultCssVariablesResolver(DEFAULT_THEME);
  const css = convertCssVariables({
    variables: unlike({ ...resolved.variables, ...own.variables }, usual.variables),
    light: unlike({ ...resolved.light, ...own.light }, usual.light),
    dark: unlike({ ...resolved.dark, ...own.dark }, usual.dark),
  });
  return `${css}\n[data-mantine-color-scheme="light"]{color-scheme:light}\n[data-mantine-color-scheme="dark"]{color-scheme:dark}\n`;
}
