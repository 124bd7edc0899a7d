import { describe, expect, it } from "vitest";
import { NO_GATEWAY } from "../../../api/askMail";
import type { MailServer } from "../../../api/deliveryTypes";
import { giveMail, isOwnMachine, linesOf, secured, takeMail, typedSecrets } from "./mailFields";

const server: MailServer = {
  host: "mail.example.org",
  port: 587,
  security: "starttls",
  sign_in: "password",
  user: "office",
  authority: "",
};
const view = {
  settings: {
    server,
    reply_to: "",
    bounce_address: "",
    inbox: { on: false, server: { ...server, port: 993, security: "tls" as const }, folder: "INBOX" },
    pace: { per_minute: null, per_day: null },
    connections: 1,
    signing: { domain: "", selector: "" },
    oauth: { token_url: "", client_id: "", scope: "" },
    sms: NO_GATEWAY,
    whatsapp: NO_GATEWAY,
  },
  secrets: ["password"],
};

describe("how the workspace sends", () => {
  it("writes a secret only where one was typed", () => {
    const typed = takeMail(view);
    expect(giveMail(typed)).toEqual({ settings: view.settings, secrets: {} });
    expect(giveMail({ ...typed, secrets: { password: "harbour lights", sms_secret: "" } }).secrets).toEqual({
      password: "harbour lights",
    });
  });

  it("forgets a secret that was emptied again, so that the one that is kept stays", () => {
    const typed = typedSecrets({ sms_secret: "quay" }, "password", "harbour");
    expect(typed).toEqual({ sms_secret: "quay", password: "harbour" });
    expect(typedSecrets(typed, "password", "")).toEqual({ sms_secret: "quay" });
  });

  it("trims what people paste", () => {
    const typed = takeMail(view);
    const { settings } = giveMail({ ...typed, server: { ...server, host: " mail.example.org\n", user: " office " } });
    expect(settings.server).toEqual(server);
  });

  it("moves the port along with the kind of connection, unless it is one of one's own", () => {
    expect(secured(server, "tls", "smtp").port).toBe(465);
    expect(secured({ ...server, port: 2_525 }, "tls", "smtp").port).toBe(2_525);
    expect(secured({ ...server, port: 993, security: "tls" }, "starttls", "imap").port).toBe(143);
  });

  it.each([
    ["127.0.0.1", true],
    ["LOCALHOST", true],
    ["[::1]", true],
    ["127.0.0.1.example.org", false],
    ["mail.example.org", false],
    ["", false],
  ])("knows this machine itself: %s", (host, own) => {
    expect(isOwnMachine(host)).toBe(own);
  });

  it("reads headers line by line", () => {
    expect(linesOf("Accept: application/json\n\n  \nX-Office: 1")).toEqual(["Accept: application/json", "X-Office: 1"]);
  });
});
