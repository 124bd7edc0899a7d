/** Workspaces in temporary folders, and the built program that serves them. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = process.env["GATEHOUSE_PROGRAM"];
const pages = process.env["GATEHOUSE_PAGES"];

/** Whether there is a program to serve an office with. */
export const canServe = program !== undefined && pages !== undefined;

/** An office that is served. */
export interface Served {
  /** Its address, without a path. */
  root: string;
  /** The key of the machine's owner. */
  key: string;
  /** Ends the program: in good order, or as a power cut does. */
  stop(how?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export class Premises {
  readonly folder = mkdtempSync(join(tmpdir(), "gatehouse-journey-"));
  readonly #env = { ...process.env, GATEHOUSE_KEY_DIR: join(this.folder, "keys") };

  get #workspace(): string {
    return join(this.folder, "demo", "workspace");
  }

  #run(args: string[], more: Record<string, string> = {}): void {
    execFileSync(program ?? "", args, {
      env: { ...this.#env, ...more },
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  /** A workspace without an event. */
  makeEmpty(): void {
    this.#run(["init", "--data", this.#workspace, "--name", "Harbour Society"]);
  }

  /** The workspace of the demo, at whose event everybody came in. */
  makeDemo(guests: number): void {
    this.#run(["demo", "--dir", join(this.folder, "demo"), "--guests", String(guests)]);
  }

  /** The workspace that others made in `folder`, which stays as it is. */
  copy(folder: string): void {
    for (const part of ["keys", "demo/workspace"]) {
      const made = join(folder, part);
      // Where the system keeps keys, no folder does.
      if (existsSync(made)) cpSync(made, join(this.folder, part), { recursive: true });
    }
  }

  addAccount(name: string, email: string, password: string): void {
    const args = ["account", "add", "--data", this.#workspace, "--name", name, "--email", email];
    this.#run(args, { GATEHOUSE_PASSWORD: password });
  }

  /** Serves the workspace, at the port given or at any that is free. */
  async serve(port = "0"): Promise<Served> {
    const args = ["serve", "--data", this.#workspace, "--ui", pages ?? "", "--listen", `127.0.0.1:${port}`];
    return this.#start(args, "Office: ");
  }

  /** Starts the program, and waits for the line with its address. */
  async #start(args: string[], before: string): Promise<Served> {
    const served = spawn(program ?? "", args, { env: this.#env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<void>((resolve) => served.once("exit", () => resolve()));
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(served.stdout).on("line", (line) => {
        if (line.startsWith(before)) resolve(line.slice(before.length));
      });
      served.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
    });
    const [root = "", key = ""] = address.split("/#key=");
    return {
      root,
      key,
      async stop(how = "SIGTERM") {
        served.kill(how);
        await ended;
      },
    };
  }

  /**
   * A gate of its own on this machine, with its window: enrolled with a code of an office's the first
   * time, opened again after that.
   */
  async gate(enrol: string | null, folder = "gate"): Promise<Served> {
    const enrolled = enrol === null ? [] : ["--enrol", enrol, "--name", "Quay gate"];
    const args = ["gate", "--data", join(this.folder, folder), "--ui", pages ?? "", "--listen", "127.0.0.1:0", ...enrolled];
    return this.#start(args, "Gate: ");
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
