-- A shop for recordings, as an application of its own made it for SQLite: names in two cases, types that SQLite only
-- half believes, one table that joins two others.
PRAGMA user_version = 57;

CREATE TABLE [Artists] (
  [ArtistId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [Name] NVARCHAR(120)
);

CREATE TABLE [Albums] ( -- What is sold as one piece
  [AlbumId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [Title] NVARCHAR(160) NOT NULL, -- As printed on the sleeve
  [ArtistId] INTEGER NOT NULL REFERENCES [Artists] ([ArtistId]) ON DELETE NO ACTION
);

CREATE TABLE [Genres] ([GenreId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [Name] NVARCHAR(120) UNIQUE);

CREATE TABLE [MediaTypes] ([MediaTypeId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [Name] NVARCHAR(120));

CREATE TABLE [Tracks] (
  [TrackId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [Name] NVARCHAR(200) NOT NULL,
  [AlbumId] INTEGER REFERENCES [Albums] ([AlbumId]) ON DELETE CASCADE,
  [MediaTypeId] INTEGER NOT NULL REFERENCES [MediaTypes] ([MediaTypeId]),
  [GenreId] INTEGER REFERENCES [Genres] ([GenreId]) ON DELETE SET NULL,
  [Composer] NVARCHAR(220),
  [Milliseconds] INTEGER NOT NULL CHECK ([Milliseconds] > 0),
  [Bytes] INTEGER,
  [UnitPrice] NUMERIC(10,2) NOT NULL DEFAULT 0.99 CHECK ([UnitPrice] >= 0)
);
CREATE INDEX [IFK_TrackAlbumId] ON [Tracks] ([AlbumId]);

CREATE TABLE [Playlists] ([PlaylistId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [Name] NVARCHAR(120));

CREATE TABLE [PlaylistTrack] (
  [PlaylistId] INTEGER NOT NULL REFERENCES [Playlists] ([PlaylistId]) ON DELETE CASCADE,
  [TrackId] INTEGER NOT NULL REFERENCES [Tracks] ([TrackId]),
  PRIMARY KEY ([PlaylistId], [TrackId])
);

CREATE TABLE [Employees] (
  [EmployeeId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [LastName] NVARCHAR(20) NOT NULL,
  [FirstName] NVARCHAR(20) NOT NULL,
  [Title] NVARCHAR(30),
  [ReportsTo] INTEGER REFERENCES [Employees] ([EmployeeId]),
  [BirthDate] DATETIME,
  [HireDate] DATETIME,
  [Email] NVARCHAR(60),
  [PasswordHash] TEXT
);

CREATE TABLE [Customers] (
  [CustomerId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [FirstName] NVARCHAR(40) NOT NULL,
  [LastName] NVARCHAR(20) NOT NULL,
  [City] NVARCHAR(40),
  [Email] NVARCHAR(60) NOT NULL,
  [SupportRepId] INTEGER REFERENCES [Employees] ([EmployeeId])
);

CREATE TABLE [Invoices] (
  [InvoiceId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [CustomerId] INTEGER NOT NULL REFERENCES [Customers] ([CustomerId]),
  [InvoiceDate] DATETIME NOT NULL,
  [State] TEXT NOT NULL DEFAULT 'open' CHECK ([State] IN ('open', 'paid', 'on hold')),
  [Total] NUMERIC(10,2) NOT NULL
);

CREATE TABLE [InvoiceLines] (
  [InvoiceLineId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  [InvoiceId] INTEGER NOT NULL REFERENCES [Invoices] ([InvoiceId]) ON DELETE CASCADE,
  [TrackId] INTEGER NOT NULL REFERENCES [Tracks] ([TrackId]),
  [UnitPrice] NUMERIC(10,2) NOT NULL,
  [Quantity] INTEGER NOT NULL DEFAULT 1 CHECK ([Quantity] BETWEEN 1 AND 99)
);

INSERT INTO [Artists] ([Name]) VALUES ('The Harbour Choir'), ('Ines Lindqvist'), ('Low Tide');
INSERT INTO [Albums] ([Title], [ArtistId]) VALUES ('Salt and Rope', 1), ('Seven Windows', 2);
INSERT INTO [Genres] ([Name]) VALUES ('Choral'), ('Folk');
INSERT INTO [MediaTypes] ([Name]) VALUES ('Lossless file'), ('Compressed file');
INSERT INTO [Tracks] ([Name], [AlbumId], [MediaTypeId], [GenreId], [Composer], [Milliseconds], [Bytes], [UnitPrice]) VALUES
  ('Out with the boats', 1, 1, 1, NULL, 203000, 6100000, 0.99),
  ('Counting stones', 1, 1, 1, 'A. Maier', 187500, 5400000, 1.29),
  ('A window to the yard', 2, 2, 2, 'I. Lindqvist', 241000, NULL, 0.99);
INSERT INTO [Playlists] ([Name]) VALUES ('Evening');
INSERT INTO [PlaylistTrack] VALUES (1, 1), (1, 3);
INSERT INTO [Employees] ([LastName], [FirstName], [Title], [ReportsTo], [BirthDate], [HireDate], [Email], [PasswordHash]) VALUES
  ('Okafor', 'Ada', 'Head of the shop', NULL, '1962-02-18 00:00:00', '2002-08-14 00:00:00', 'ada@shop.example', 'x1'),
  ('Brandt', 'Jon', 'Clerk', 1, '1973-08-29 00:00:00', '2004-05-03 00:00:00', 'jon@shop.example', 'x2');
INSERT INTO [Customers] ([FirstName], [LastName], [City], [Email], [SupportRepId]) VALUES
  ('Mira', 'Sol', 'Lisbon', 'mira@mail.example', 2),
  ('Tom', 'Reed', NULL, 'tom@mail.example', NULL);
INSERT INTO [Invoices] ([CustomerId], [InvoiceDate], [State], [Total]) VALUES
  (1, '2026-01-02 09:30:00', 'paid', 2.28),
  (2, '2026-02-11 18:05:00', 'on hold', 0.99);
INSERT INTO [InvoiceLines] ([InvoiceId], [TrackId], [UnitPrice], [Quantity]) VALUES (1, 1, 0.99, 1), (1, 2, 1.29, 1), (2, 3, 0.99, 1);
