import "virtual:guest-tokens.css";
import "./guest.css";

/** A form is sent once: a second touch while it is on its way does nothing. */
function sendOnce(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    if (form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
  });
}

/** Whoever comes back to the page finds its forms ready again. */
function readyAgain(): void {
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset["sent"];
  });
}

/** What is said above everything else is read and seen first. */
function leadToNotice(): void {
  const notice = document.getElementById("notice");
  if (notice !== null) notice.focus({ preventScroll: notice.getAttribute("role") === "status" });
}

for (const form of document.forms) sendOnce(form);
readyAgain();
leadToNotice();
