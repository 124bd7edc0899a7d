-- Whether a device may be turned round, so that it leads the other way; guests turn no kiosk.
ALTER TABLE devices ADD COLUMN may_turn INTEGER NOT NULL DEFAULT 1;
UPDATE devices SET may_turn = 0 WHERE kind = 'kiosk';
ALTER TABLE registration_tokens ADD COLUMN may_turn INTEGER NOT NULL DEFAULT 1;
UPDATE registration_tokens SET may_turn = 0 WHERE kind = 'kiosk';
