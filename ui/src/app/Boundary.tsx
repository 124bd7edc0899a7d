import { Button, Group } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useSpeech } from "../locales";
import { Empty } from "../shared/Empty";
import { Problem } from "../shared/problem";
import { Page } from "../shared/Screen";
import { Trouble } from "../shared/Trouble";

/** What stands in the place of a part that stopped working; the rest of the office goes on. */
export function Stopped({ error, reset }: ErrorComponentProps) {
  const { t } = useSpeech();
  if (error instanceof Problem) {
    return (
      <Page>
        <Trouble error={error} retry={() => window.location.reload()} />
      </Page>
    );
  }
  return (
    <Page>
      <div role="alert">
        <Empty
          title={t("boundary.title")}
          command={error instanceof Error ? error.message : String(error)}
          step={
            <Group>
              <Button onClick={reset}>{t("tryAgain")}</Button>
              <Button variant="default" onClick={() => window.location.reload()}>
                {t("boundary.reload")}
              </Button>
            </Group>
          }
        >
          {t("boundary.text")}
        </Empty>
      </div>
    </Page>
  );
}

/** There is nothing at this address. */
export function Nowhere() {
  const { t } = useSpeech();
  return (
    <Page>
      <Empty
        title={t("events.nowhereTitle")}
        step={
          <Button component={Link} to="/">
            {t("events.toEvents")}
          </Button>
        }
      >
        {t("events.nowhereText")}
      </Empty>
    </Page>
  );
}
