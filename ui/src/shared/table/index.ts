export { ColumnChooser } from "./ColumnChooser";
export { RowList } from "./RowList";
export { SelectionBar } from "./SelectionBar";
export { type Column, type List, type ListOrder, selectedRows, useList } from "./useList";
