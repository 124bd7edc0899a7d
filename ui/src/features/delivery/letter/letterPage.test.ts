import { describe, expect, it } from "vitest";
import { letterPage } from "./letterPage";

describe("a letter's page", () => {
  it("keeps styles aside, on elements and in sheets, in their order", () => {
    const { html, sheets } = letterPage(
      `<html><head><style type="text/css">p { color: red }</style>
       <style media="print">p { color: black }</style></head>
       <body style="margin:0"><p style='color:#2E4BD8' class="a">Dear Zoë</p></body></html>`,
    );
    expect(sheets).toEqual(["p { color: red }", "@media print {p { color: black }}"]);
    expect(html).toContain('<body data-look="margin:0">');
    expect(html).toContain(`<p data-look='color:#2E4BD8' class="a">Dear Zoë</p>`);
    expect(html).not.toMatch(/<style|\sstyle=/);
  });

  it("leaves words as they are, also those that look like attributes", () => {
    const words = `<p>Say style="x" and on="1" &lt;style&gt; to 3 < 5 people</p>`;
    expect(letterPage(words).html).toBe(words);
  });

  it("keeps what old programs of one maker read out of sight", () => {
    const { html } = letterPage(
      `<!--[if mso]><table style="width:600px"><![endif]--><!--[if !mso]><!--><b>here</b><!--<![endif]-->`,
    );
    expect(html).toBe("<b>here</b>");
  });

  it.each([
    ["<script>alert(1)</script>", ""],
    ["<p onclick='go()'>x</p>", "<p>x</p>"],
    ["<p\nONCLICK=go() class=a>x</p>", "<p class=a>x</p>"],
    ['<link rel="stylesheet" href="https://fonts.example.org/a.css">', ""],
    ['<meta http-equiv="refresh" content="0;url=https://example.org">', ""],
    ['<iframe src="https://example.org"></iframe>', ""],
    ["<b>x</b><style>p { color: red }", "<b>x</b>"],
    ["<b>x</b><p class='open>y", "<b>x</b>"],
    ["<b>x</b><!-- never ends", "<b>x</b>"],
    ["<!doctype html><b>x</b>", "<b>x</b>"],
  ])("runs and fetches nothing: %s", (given, kept) => {
    expect(letterPage(given).html).toBe(kept);
  });

  it("shows the pictures that it carries and none from elsewhere", () => {
    const inside = '<img src="data:image/png;base64,iVBOR" alt="Code">';
    expect(letterPage(inside).html).toBe(inside);
    expect(letterPage('<img src="https://example.org/a.png" alt="A hall">').html).toBe('<img alt="A hall">');
    expect(letterPage('<td background="https://example.org/a.png">').html).toBe("<td>");
    const { html, sheets } = letterPage(
      `<style>@import url(https://fonts.example.org/inter); p { background: url("https://example.org/a.png") red }</style>
       <p style="background:url(https://example.org/b.png)">x</p>`,
    );
    expect(sheets).toEqual(["p { background: none red }"]);
    expect(html).toContain('<p data-look="background:none">');
  });
});
