-- Whether guests need what a mailing says to come: it is no marketing then.
ALTER TABLE mailings ADD COLUMN needed INTEGER NOT NULL DEFAULT 0;
