-- Whether the gate may be turned round, so that it leads the other way; guests turn no kiosk.
ALTER TABLE devices ADD COLUMN may_turn INTEGER NOT NULL DEFAULT 1;
UPDATE devices SET may_turn = 0 WHERE kind = 'kiosk';
