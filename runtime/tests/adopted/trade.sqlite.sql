-- A trader in food, as an application of its own made it for SQLite: keys of letters, joining tables with columns of
-- their own, words of SQL for names.
CREATE TABLE categories (
  category_id INTEGER PRIMARY KEY,
  category_name VARCHAR(15) NOT NULL UNIQUE,
  description TEXT,
  picture BLOB
);

CREATE TABLE suppliers (
  supplier_id INTEGER PRIMARY KEY,
  company_name VARCHAR(40) NOT NULL,
  contact_name VARCHAR(30),
  phone VARCHAR(24),
  homepage TEXT
);

CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product_name VARCHAR(40) NOT NULL,
  supplier_id INTEGER REFERENCES suppliers,
  category_id INTEGER REFERENCES categories ON DELETE SET NULL,
  unit_price DECIMAL(10,4) DEFAULT 0 CHECK (unit_price >= 0),
  units_in_stock SMALLINT DEFAULT 0 CHECK (units_in_stock >= 0),
  reorder_level SMALLINT DEFAULT 0,
  discontinued INTEGER NOT NULL DEFAULT 0 CHECK (discontinued IN (0, 1)),
  weight REAL,
  "order" INTEGER, -- Where it stands on the price list
  CHECK (reorder_level >= 0 OR discontinued = 1)
);

-- Known by five letters.
CREATE TABLE customers (
  customer_id CHAR(5) PRIMARY KEY,
  company_name VARCHAR(40) NOT NULL
) WITHOUT ROWID;

CREATE TABLE employees (
  employee_id INTEGER PRIMARY KEY,
  last_name VARCHAR(20) NOT NULL,
  first_name VARCHAR(10) NOT NULL,
  birth_date DATE,
  hire_date DATE,
  home_phone VARCHAR(24),
  notes TEXT,
  salary DECIMAL(10,2),
  reports_to INTEGER REFERENCES employees ON DELETE SET NULL
);

CREATE TABLE regions (region_id INT PRIMARY KEY NOT NULL, region_description VARCHAR(50) NOT NULL);

CREATE TABLE territories (
  territory_id VARCHAR(20) PRIMARY KEY,
  territory_description VARCHAR(50) NOT NULL,
  region_id INT NOT NULL REFERENCES regions
);

CREATE TABLE employee_territories (
  employee_id INTEGER NOT NULL REFERENCES employees,
  territory_id VARCHAR(20) NOT NULL REFERENCES territories,
  PRIMARY KEY (employee_id, territory_id)
);

CREATE TABLE shippers (shipper_id INTEGER PRIMARY KEY, company_name VARCHAR(40) NOT NULL, api_token TEXT);

CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY,
  customer_id CHAR(5) REFERENCES customers,
  employee_id INTEGER REFERENCES employees,
  order_date DATE,
  opens_at TIME,
  ship_via INTEGER REFERENCES shippers,
  freight DECIMAL(10,2) NOT NULL DEFAULT 0,
  priority TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high!')),
  reference UUID,
  extra JSON,
  total_weight REAL GENERATED ALWAYS AS (freight * 2) VIRTUAL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP
);

CREATE TABLE order_details (
  order_id INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id INTEGER NOT NULL REFERENCES products,
  unit_price DECIMAL(10,4) NOT NULL,
  quantity SMALLINT NOT NULL DEFAULT 1,
  discount REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (order_id, product_id)
);

CREATE TRIGGER product_names AFTER UPDATE OF product_name ON products BEGIN
  UPDATE products SET product_name = trim(new.product_name) WHERE product_id = new.product_id;
END;

INSERT INTO categories (category_name, description, picture) VALUES
  ('Drinks', 'Teas, coffees, juices' || char(10) || 'and what goes with them', x'89504e47'), ('Grain', NULL, NULL);
INSERT INTO suppliers (company_name, contact_name, phone) VALUES ('North Quay Imports', 'Li Wen', '555-0101');
INSERT INTO products (product_name, supplier_id, category_id, unit_price, units_in_stock, discontinued, weight, "order") VALUES
  ('Black tea', 1, 1, 18, 39, 0, 0.5, 1), ('Barley', NULL, 2, 2.5, 0, 1, 25, 2), ('Oat drink', 1, 1, 1.3333, 7, 0, 1, 3);
INSERT INTO customers VALUES ('ALDER', 'Alder and Daughters'), ('BIRCH', 'Birch Stores');
INSERT INTO employees (last_name, first_name, birth_date, hire_date, notes, salary, reports_to) VALUES
  ('Nakamura', 'Yu', '1958-12-08', '2012-05-01', 'Speaks four languages.', 4100.50, NULL),
  ('Petrov', 'Ana', '1969-07-02', '2014-11-15', NULL, 3200, 1);
INSERT INTO regions VALUES (1, 'East'), (2, 'West');
INSERT INTO territories VALUES ('01581', 'Westfold', 2);
INSERT INTO employee_territories VALUES (1, '01581');
INSERT INTO shippers (company_name, api_token) VALUES ('Swift Parcels', 'do not show');
INSERT INTO orders (customer_id, employee_id, order_date, opens_at, ship_via, freight, priority, reference, extra, created_at) VALUES
  ('ALDER', 1, '2026-03-04', '08:30:00', 1, 12.35, 'high!', '6f1c7c1e-58a4-4a3c-9f0f-0c9a5a3c1d2e', '{"gift": true}', '2026-03-04 10:11:12'),
  ('BIRCH', 2, '2026-03-09', NULL, NULL, 0, 'normal', NULL, NULL, '2026-03-09 10:11:12.5');
INSERT INTO order_details VALUES (1, 1, 18, 2, 0), (1, 3, 1.3333, 6, 0.05), (2, 2, 2.5, 1, 0);
