//! An admin panel over tables that were there before it. Written once by `adopt`, and from then on to be edited.
// table employee_territories is left out: its key is made of several columns (employee_id, territory_id), and a panel
// numbers rows by one
// table order_details is left out: its key is made of several columns (order_id, product_id), and a panel numbers rows
// by one

bailiwick::admin! {
    panel Trade {
        database env "DATABASE_URL";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    choice OrderPriority { Low stored "low", Normal stored "normal", High "high!" stored "high!" }

    model Category {
        table "categories" adopted key "category_id";

        category_name: String len ..=15 unique label search;
        description: Option<Text>;
        picture: Option<Bytes> len ..=65_536;

        list category_name;
        inline Product via category;
    }

    model Customer {
        table "customers" adopted key customer_id;

        customer_id: String len ..=5;
        company_name: String len ..=40 label search;

        list company_name, customer_id;
        sort customer_id;
        inline Order via customer;
    }

    model Employee {
        table "employees" adopted key "employee_id";

        last_name: String len ..=20 label search;
        first_name: String len ..=10 label search;
        birth_date: Option<Date> personal;
        hire_date: Option<Date>;
        home_phone: Option<String> len ..=24 personal;
        notes: Option<Text>;
        salary: Option<Decimal(10, 2)> sensitive;
        reports_to: Option<Employee> set_null;

        list last_name, first_name, hire_date, reports_to;
        filter reports_to;
        inline Employee via reports_to;
        inline Order via employee;
    }

    model Order {
        table "orders" adopted key "order_id";
        // no row can be deleted here: rows of order_details would go or change along unseen

        customer: Option<Customer> restrict column "customer_id";
        employee: Option<Employee> restrict column "employee_id";
        order_date: Option<Date>;
        opens_at: Option<Time>;
        ship_via: Option<Shipper> restrict;
        freight: Decimal(10, 2) default 0;
        priority: OrderPriority default Normal;
        reference: Option<Uuid>;
        extra: Option<Json>;
        total_weight: Option<f64> readonly;
        created_at: Timestamp created;
        updated_at: Option<Timestamp> updated;

        list customer, employee, order_date, opens_at, ship_via, freight;
        filter customer, employee, ship_via, priority;
    }

    model Product {
        table "products" adopted key "product_id";

        product_name: String len ..=40 label search;
        supplier: Option<Supplier> restrict column "supplier_id";
        category: Option<Category> set_null column "category_id";
        unit_price: Option<Decimal(10, 4)> min 0 default 0;
        units_in_stock: Option<i32> min 0 max 32767 default 0;
        reorder_level: Option<i32> min -32768 max 32767 default 0;
        discontinued: bool default false;
        weight: Option<f64>;
        /// Where it stands on the price list
        order_value: Option<i64> column "order";

        list product_name, supplier, category, unit_price, units_in_stock, reorder_level;
        filter supplier, category, discontinued;
    }

    model Region {
        table "regions" adopted key "region_id";
        // no row can be added here: the database gives new ones no number

        region_description: String len ..=50 label search;

        list region_description;
        inline Territory via region;
    }

    model Shipper {
        table "shippers" adopted key "shipper_id";
        // column api_token is left out: its name says that it is a secret, which no page shall show

        company_name: String len ..=40 label search;

        list company_name;
        inline Order via ship_via;
    }

    model Supplier {
        table "suppliers" adopted key "supplier_id";

        company_name: String len ..=40 label search;
        contact_name: Option<String> len ..=30;
        phone: Option<String> len ..=24 personal;
        homepage: Option<String>;

        list company_name, contact_name, homepage;
        inline Product via supplier;
    }

    model Territory {
        table "territories" adopted key territory_id;
        // rows whose territory_id has more than 64 bytes are not served: the table lets it have 20 letters, of up to 4
        // bytes each

        territory_id: String len ..=20;
        territory_description: String len ..=50 label search;
        region: Region restrict column "region_id";

        list territory_description, territory_id, region;
        filter region;
        sort territory_id;
    }

    /// To start from: whoever is first holds it. Narrower roles are yours to write.
    role Administrator {
        all Category, Customer, Employee, Product, Shipper, Supplier, Territory;
        view, create, edit Order;
        view, edit, delete Region;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn main() -> std::process::ExitCode {
    Trade::main()
}
