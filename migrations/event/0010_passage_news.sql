-- When each ticket's passages changed last, counted up, so that a device hears of what it missed.
-- It follows from the scans and can be made anew from them.
CREATE TABLE passage_news (
  ticket BLOB PRIMARY KEY NOT NULL,
  news INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO passage_news (ticket, news)
  SELECT ticket, row_number() OVER (ORDER BY ticket)
  FROM scans WHERE ticket IS NOT NULL AND verdict <> 'refused' GROUP BY ticket;
-- One row: how far it was counted.
CREATE TABLE passage_count (news INTEGER NOT NULL) STRICT;
INSERT INTO passage_count SELECT count(*) FROM passage_news;
-- Whoever writes a scan, the count follows.
CREATE TRIGGER passage_news_follow AFTER INSERT ON scans
  WHEN NEW.ticket IS NOT NULL AND NEW.verdict <> 'refused'
BEGIN
  UPDATE passage_count SET news = news + 1;
  DELETE FROM passage_news WHERE ticket = NEW.ticket;
  INSERT INTO passage_news (ticket, news) SELECT NEW.ticket, news FROM passage_count;
END;
