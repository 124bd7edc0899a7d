/** Invitations, batches, files, accounts: by the contract's names. */
import type { components } from "./contract";

type Shapes = components["schemas"];

export type BatchStatus = Shapes["BatchStatus"];
export type Delivery = Shapes["Delivery"];
export type DeliveryStatus = Shapes["DeliveryStatus"];
export type SeatMode = Shapes["SeatMode"];
export type FileKind = Shapes["FileKind"];
export type Shown = Shapes["Shown"];
export type Scan = Shapes["ScanAnswer"];
export type AccountStatus = Shapes["AccountStatus"];
export type WorkspaceEdit = Shapes["WorkspaceEditAnswer"];
export type RecoveryKit = Shapes["KitAnswer"];
export type Official = Shapes["OfficialAnswer"];
export type NewOfficial = Shapes["NewOfficial"];
export type SheetOfPaper = Shapes["SheetAnswer"];
