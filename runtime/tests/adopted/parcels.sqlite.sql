-- Parcels, as an application of its own made them for SQLite: keys that are UUIDs, and one that is a text of any length.
CREATE TABLE depots (
  id UUID PRIMARY KEY NOT NULL,
  name VARCHAR(60) NOT NULL,
  opened DATE
);

CREATE TABLE carriers (
  code TEXT PRIMARY KEY,
  name VARCHAR(40) NOT NULL
);

CREATE TABLE parcels (
  id UUID PRIMARY KEY NOT NULL,
  depot_id UUID NOT NULL REFERENCES depots ON DELETE CASCADE,
  carrier_code TEXT REFERENCES carriers ON DELETE SET NULL,
  label VARCHAR(40) NOT NULL
);

CREATE TABLE seals (
  number VARCHAR(255) PRIMARY KEY,
  note VARCHAR(40)
);

INSERT INTO depots VALUES
  ('0b6e4f00-0000-4000-8000-000000000001', 'Quay', '2026-02-03'), ('0b6e4f00-0000-4000-8000-000000000002', 'Hill', NULL);
INSERT INTO carriers VALUES ('new', 'Newcomers'), ('a/b c', 'Slash and Blank'), ('Zed', 'Zed and Sons'), ('ä', 'Umlaut'), ('b', 'Bee');
INSERT INTO parcels VALUES
  ('0b6e4f00-0000-4000-8000-0000000000a1', '0b6e4f00-0000-4000-8000-000000000001', 'new', 'Books'),
  ('0b6e4f00-0000-4000-8000-0000000000a2', '0b6e4f00-0000-4000-8000-000000000001', 'a/b c', 'Lamps'),
  ('0b6e4f00-0000-4000-8000-0000000000a3', '0b6e4f00-0000-4000-8000-000000000002', NULL, 'Chairs');
