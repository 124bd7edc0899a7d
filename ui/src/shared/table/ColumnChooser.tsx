import { ActionIcon, Menu } from "@mantine/core";
import { useSpeech } from "../../locales";
import { Icon } from "../Icon";
import type { List, RowData } from "./useList";

/** Which columns a list shows. */
export function ColumnChooser<Row extends RowData>({ list }: { list: List<Row> }) {
  const { t } = useSpeech();
  const free = list.columns.filter((column) => !column.fixed);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t("table.chooseColumns")}
          title={t("table.chooseColumns")}
        >
          <Icon name="columns" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("table.columns")}</Menu.Label>
        {free.map((column) => {
          const shown = list.shown.includes(column);
          return (
            <Menu.CheckboxItem
              key={column.key}
              checked={shown}
              onChange={() => list.table.getColumn(column.key)?.toggleVisibility(!shown)}
            >
              {column.title}
            </Menu.CheckboxItem>
          );
        })}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} onClick={() => list.table.toggleAllColumnsVisible(true)}>
          {t("table.resetColumns")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
