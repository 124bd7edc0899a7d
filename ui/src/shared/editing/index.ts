export { EditForm } from "./EditForm";
export { callings, problemOf } from "./fieldWords";
export { type Editing, type Source, useEditing } from "./useEditing";
