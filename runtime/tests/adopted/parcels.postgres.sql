-- Parcels, as an application of its own made them for PostgreSQL: keys that are UUIDs, and one that is a text of any length.
CREATE TABLE depots (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(60) NOT NULL,
  opened date
);

CREATE TABLE carriers (
  code text PRIMARY KEY,
  name varchar(40) NOT NULL
);

CREATE TABLE parcels (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  depot_id uuid NOT NULL REFERENCES depots ON DELETE CASCADE,
  carrier_code text REFERENCES carriers ON DELETE SET NULL,
  label varchar(40) NOT NULL
);

CREATE TABLE seals (
  number varchar(255) PRIMARY KEY,
  note varchar(40)
);

INSERT INTO depots VALUES
  ('0b6e4f00-0000-4000-8000-000000000001', 'Quay', '2026-02-03'), ('0b6e4f00-0000-4000-8000-000000000002', 'Hill', NULL);
INSERT INTO carriers VALUES ('new', 'Newcomers'), ('a/b c', 'Slash and Blank'), ('Zed', 'Zed and Sons'), ('ä', 'Umlaut'), ('b', 'Bee');
INSERT INTO parcels VALUES
  ('0b6e4f00-0000-4000-8000-0000000000a1', '0b6e4f00-0000-4000-8000-000000000001', 'new', 'Books'),
  ('0b6e4f00-0000-4000-8000-0000000000a2', '0b6e4f00-0000-4000-8000-000000000001', 'a/b c', 'Lamps'),
  ('0b6e4f00-0000-4000-8000-0000000000a3', '0b6e4f00-0000-4000-8000-000000000002', NULL, 'Chairs');
