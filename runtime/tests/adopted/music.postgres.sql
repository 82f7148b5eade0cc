-- A shop for recordings, as an application of its own made it for PostgreSQL.
CREATE TYPE invoice_state AS ENUM ('open', 'paid', 'on hold');

CREATE TABLE artists (artist_id serial PRIMARY KEY, name varchar(120));

CREATE TABLE albums (
  album_id serial PRIMARY KEY,
  title varchar(160) NOT NULL,
  artist_id integer NOT NULL REFERENCES artists (artist_id)
);
COMMENT ON TABLE albums IS 'What is sold as one piece';
COMMENT ON COLUMN albums.title IS 'As printed on the sleeve';

CREATE TABLE genres (genre_id serial PRIMARY KEY, name varchar(120) UNIQUE);

CREATE TABLE media_types (media_type_id serial PRIMARY KEY, name varchar(120));

CREATE TABLE tracks (
  track_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name varchar(200) NOT NULL,
  album_id integer REFERENCES albums (album_id) ON DELETE CASCADE,
  media_type_id integer NOT NULL REFERENCES media_types (media_type_id),
  genre_id integer REFERENCES genres (genre_id) ON DELETE SET NULL,
  composer varchar(220),
  milliseconds integer NOT NULL CHECK (milliseconds > 0),
  bytes integer,
  unit_price numeric(10, 2) NOT NULL DEFAULT 0.99 CHECK (unit_price >= 0)
);
CREATE INDEX ON tracks (album_id);

CREATE TABLE playlists (playlist_id serial PRIMARY KEY, name varchar(120));

CREATE TABLE playlist_track (
  playlist_id integer NOT NULL REFERENCES playlists (playlist_id) ON DELETE CASCADE,
  track_id integer NOT NULL REFERENCES tracks (track_id),
  PRIMARY KEY (playlist_id, track_id)
);

CREATE TABLE employees (
  employee_id serial PRIMARY KEY,
  last_name varchar(20) NOT NULL,
  first_name varchar(20) NOT NULL,
  title varchar(30),
  reports_to integer REFERENCES employees (employee_id),
  birth_date timestamp,
  hire_date timestamp,
  email varchar(60),
  password_hash text
);

CREATE TABLE customers (
  customer_id serial PRIMARY KEY,
  first_name varchar(40) NOT NULL,
  last_name varchar(20) NOT NULL,
  city varchar(40),
  email varchar(60) NOT NULL,
  support_rep_id integer REFERENCES employees (employee_id)
);

CREATE TABLE invoices (
  invoice_id serial PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (customer_id),
  invoice_date timestamp NOT NULL,
  state invoice_state NOT NULL DEFAULT 'open',
  total numeric(10, 2) NOT NULL
);

CREATE TABLE invoice_lines (
  invoice_line_id serial PRIMARY KEY,
  invoice_id integer NOT NULL REFERENCES invoices (invoice_id) ON DELETE CASCADE,
  track_id integer NOT NULL REFERENCES tracks (track_id),
  unit_price numeric(10, 2) NOT NULL,
  quantity integer NOT NULL DEFAULT 1 CHECK (quantity BETWEEN 1 AND 99)
);

INSERT INTO artists (name) VALUES ('The Harbour Choir'), ('Ines Lindqvist'), ('Low Tide');
INSERT INTO albums (title, artist_id) VALUES ('Salt and Rope', 1), ('Seven Windows', 2);
INSERT INTO genres (name) VALUES ('Choral'), ('Folk');
INSERT INTO media_types (name) VALUES ('Lossless file'), ('Compressed file');
INSERT INTO tracks (name, album_id, media_type_id, genre_id, composer, milliseconds, bytes, unit_price) VALUES
  ('Out with the boats', 1, 1, 1, NULL, 203000, 6100000, 0.99),
  ('Counting stones', 1, 1, 1, 'A. Maier', 187500, 5400000, 1.29),
  ('A window to the yard', 2, 2, 2, 'I. Lindqvist', 241000, NULL, 0.99);
INSERT INTO playlists (name) VALUES ('Evening');
INSERT INTO playlist_track VALUES (1, 1), (1, 3);
INSERT INTO employees (last_name, first_name, title, reports_to, birth_date, hire_date, email, password_hash) VALUES
  ('Okafor', 'Ada', 'Head of the shop', NULL, '1962-02-18', '2002-08-14', 'ada@shop.example', 'x1'),
  ('Brandt', 'Jon', 'Clerk', 1, '1973-08-29', '2004-05-03', 'jon@shop.example', 'x2');
INSERT INTO customers (first_name, last_name, city, email, support_rep_id) VALUES
  ('Mira', 'Sol', 'Lisbon', 'mira@mail.example', 2),
  ('Tom', 'Reed', NULL, 'tom@mail.example', NULL);
INSERT INTO invoices (customer_id, invoice_date, state, total) VALUES
  (1, '2026-01-02 09:30:00', 'paid', 2.28),
  (2, '2026-02-11 18:05:00', 'on hold', 0.99);
INSERT INTO invoice_lines (invoice_id, track_id, unit_price, quantity) VALUES (1, 1, 0.99, 1), (1, 2, 1.29, 1), (2, 3, 0.99, 1);
