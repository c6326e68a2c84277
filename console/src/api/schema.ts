// Made by `npm run schema` from the server's OpenAPI document; do not edit.

export interface paths {
    "/v1/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_locations_v1_locations_get"];
        put?: never;
        post: operations["create_v1_locations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["batch_v1_locations_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_locations__code__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_v1_locations__code__patch"];
        trace?: never;
    };
    "/v1/network/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["points_v1_network_points_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["load_v1_network_load_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations/{code}/now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["now_v1_locations__code__now_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations/{code}/rejections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["rejections_v1_locations__code__rejections_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/regions/{level}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["regions_v1_network_regions__level__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_offers_v1_offers_get"];
        put?: never;
        post: operations["create_v1_offers_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offers/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["batch_v1_offers_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offers/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_offers__sku__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_v1_offers__sku__patch"];
        trace?: never;
    };
    "/v1/carriers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_carriers_v1_carriers_get"];
        put?: never;
        post: operations["create_carrier_v1_carriers_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carriers/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_carrier_v1_carriers__code__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_carrier_v1_carriers__code__patch"];
        trace?: never;
    };
    "/v1/delivery-fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_fees_v1_delivery_fees_get"];
        put?: never;
        post: operations["create_fee_v1_delivery_fees_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/delivery-fees/{region}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_fee_v1_delivery_fees__region__get"];
        put?: never;
        post?: never;
        delete: operations["delete_fee_v1_delivery_fees__region__delete"];
        options?: never;
        head?: never;
        patch: operations["change_fee_v1_delivery_fees__region__patch"];
        trace?: never;
    };
    "/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_policy_get"];
        put: operations["publish_v1_policy_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{version}/roll-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["roll_back_v1_policies__version__roll_back_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["dry_run_v1_policy_dry_run_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_versions_v1_policies_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_version_v1_policies__version__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sourcing/simulations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["every_v1_sourcing_simulations_get"];
        put?: never;
        post: operations["start_v1_sourcing_simulations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sourcing/simulations/{simulation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["one_v1_sourcing_simulations__simulation_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sourcing/simulations/{simulation_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["result_v1_sourcing_simulations__simulation_id__result_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sourcing/simulations/{simulation_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancel_v1_sourcing_simulations__simulation_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sourcing/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["rounds_v1_sourcing_rounds_get"];
        put?: never;
        post: operations["now_v1_sourcing_rounds_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["count_v1_stock_counts_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["adjust_v1_stock_adjustments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["transfers_v1_stock_transfers_get"];
        put?: never;
        post: operations["transfer_v1_stock_transfers_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/transfers/{transfer_id}/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["receive_v1_stock_transfers__transfer_id__receive_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["orders_v1_orders_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["work_v1_fulfilment_orders_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["locations_v1_locations_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offers.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["offers_v1_offers_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["stock_v1_stock_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/movements.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["movements_v1_stock_movements_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/exceptions.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exceptions_v1_stock_exceptions_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["stock_v1_stock_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["totals_v1_stock_totals_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["movements_v1_stock_movements_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["claims_v1_stock_claims_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exceptions_v1_stock_exceptions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/exceptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exception_v1_stock_exceptions__id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["look_after_v1_stock_exceptions__id__patch"];
        trace?: never;
    };
    "/v1/stock/transfers/{transfer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["transfer_v1_stock_transfers__transfer_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["search_v1_orders_get"];
        put?: never;
        post: operations["post_v1_orders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["count_v1_orders_count_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_orders__order_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["edit_v1_orders__order_id__patch"];
        trace?: never;
    };
    "/v1/orders/{order_id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["decision_v1_orders__order_id__decision_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancel_v1_orders__order_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pay_v1_orders__order_id__payments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["work_v1_fulfilment_orders_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["count_v1_fulfilment_orders_count_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["choices_v1_fulfilment_orders_choices_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_fulfilment_orders__fulfilment_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/label": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["label_v1_fulfilment_orders__fulfilment_id__label_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["code_v1_fulfilment_orders__fulfilment_id__code_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/re-route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["re_route_v1_fulfilment_orders__fulfilment_id__re_route_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["accept_v1_fulfilment_orders__fulfilment_id__accept_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reject_v1_fulfilment_orders__fulfilment_id__reject_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/pick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pick_v1_fulfilment_orders__fulfilment_id__pick_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pack_v1_fulfilment_orders__fulfilment_id__pack_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ship_v1_fulfilment_orders__fulfilment_id__ship_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deliver_v1_fulfilment_orders__fulfilment_id__deliver_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ready_v1_fulfilment_orders__fulfilment_id__ready_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/renew-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["renew_code_v1_fulfilment_orders__fulfilment_id__renew_code_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["hand_over_v1_fulfilment_orders__fulfilment_id__hand_over_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/expire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["expire_v1_fulfilment_orders__fulfilment_id__expire_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["close_v1_fulfilment_orders__fulfilment_id__close_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["hold_v1_fulfilment_orders__fulfilment_id__hold_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfilment-orders/{fulfilment_id}/unhold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["unhold_v1_fulfilment_orders__fulfilment_id__unhold_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["scan_v1_scan_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["request_return_v1_returns_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/at-counter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["take_at_counter_v1_returns_at_counter_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{order_id}/{number}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["accept_v1_returns__order_id___number__accept_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{order_id}/{number}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reject_v1_returns__order_id___number__reject_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{order_id}/{number}/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["receive_v1_returns__order_id___number__receive_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{order_id}/{number}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["complete_v1_returns__order_id___number__complete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["link_v1_orders__order_id__link_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/track/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["track_v1_track__token__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_v1_search_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["views_v1_views_get"];
        put?: never;
        post: operations["save_v1_views_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/views/{view_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["view_v1_views__view_id__get"];
        put?: never;
        post?: never;
        delete: operations["delete_v1_views__view_id__delete"];
        options?: never;
        head?: never;
        patch: operations["change_v1_views__view_id__patch"];
        trace?: never;
    };
    "/v1/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["board_v1_board_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/board/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["stream_v1_board_stream_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/board/sold-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["sold_out_v1_board_sold_out_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhooks_v1_webhooks_get"];
        put?: never;
        post: operations["create_v1_webhooks_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_webhooks__webhook_id__get"];
        put?: never;
        post?: never;
        delete: operations["delete_v1_webhooks__webhook_id__delete"];
        options?: never;
        head?: never;
        patch: operations["change_v1_webhooks__webhook_id__patch"];
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["send_test_v1_webhooks__webhook_id__test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replay_v1_webhooks__webhook_id__replay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["deliveries_v1_webhooks__webhook_id__deliveries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotate_secret_v1_webhooks__webhook_id__rotate_secret_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_keys_v1_keys_get"];
        put?: never;
        post: operations["create_v1_keys_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_keys__key_id__get"];
        put?: never;
        post?: never;
        delete: operations["revoke_v1_keys__key_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_people_v1_people_get"];
        put?: never;
        post: operations["create_v1_people_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_people__person_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_v1_people__person_id__patch"];
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entries_v1_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["me_v1_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/location": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["act_at_v1_me_location_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/brand": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["act_for_v1_me_brand_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["change_password_v1_me_password_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/brands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_brands_v1_brands_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["consent_v1_consents_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["link_v1_members_links_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/partings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["part_v1_members_partings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{kind}/{value}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["look_v1_members__kind___value__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{kind}/{value}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["export_v1_members__kind___value__export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["erase_v1_erasures_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures/{erasure_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["erasure_v1_erasures__erasure_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_accounts_v1_payment_accounts_get"];
        put?: never;
        post: operations["create_v1_payment_accounts_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-accounts/{account_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_v1_payment_accounts__account_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/alipay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["from_alipay_v1_notifications_alipay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/wechat-pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["from_wechat_pay_v1_notifications_wechat_pay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["alive_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["ready_readyz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["stream_v1_stream_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/status.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["figures_status_json_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_identify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/track": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_track"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_page"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/screen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_screen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/group": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recognitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_recognitions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_reservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_reservations_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_reservations_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_reservations_id_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_reservations_id_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_v1_orders_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_v1_availability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail?: string;
            errors?: {
                pointer: string;
                code: string;
                detail: string;
            }[];
        };
        Order: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            channel_order_id: string;
            /** @enum {unknown} */
            state: "placed" | "approved" | "completed" | "cancelled";
            revision: number;
            /** Format: date-time */
            placed_at: string;
            /** Format: date-time */
            updated_at: string;
            currency: string;
            total: number;
            delivery_fee: number;
            tax_included: boolean;
            lines: {
                line: number;
                offer: string;
                /** @enum {unknown} */
                state: "placed" | "approved" | "completed" | "cancelled";
                ordered: number;
                allocated: number;
                unallocated: number;
                picked: number;
                shipped: number;
                returned: number;
                cancelled: number;
                unit_price: number;
                discounts: {
                    amount: number;
                    /** @enum {unknown} */
                    funder: "brand" | "store" | "channel" | "partner" | "supplier";
                    code: string;
                }[];
                tax: number;
                amount: number;
                substitutes: boolean;
                serials: string[];
                /** Format: date-time */
                window?: string;
                substitute_for?: number;
                kit?: string;
                scale?: number;
            }[];
            fulfilment_orders: components["schemas"]["FulfilmentOrder"][];
            paid: {
                authorised: number;
                captured: number;
                refunded: number;
            };
            payments: {
                kind: string;
                amount: number;
                reference: string;
                method: string;
                /** Format: date-time */
                at: string;
            }[];
            returns: components["schemas"]["Return"][];
            backfilled: boolean;
            policy_version: number;
            history: {
                kind: string;
                /** Format: date-time */
                at: string;
                actor: string;
                number: number | null;
            }[];
            deliver_to?: {
                region: string;
                lat?: number;
                lon?: number;
                address?: string;
                name?: string;
                phone?: string;
            };
            pick_up_at?: string;
            sold_at?: string;
            /** Format: date-time */
            unpaid_until?: string;
            gift?: Record<string, never>;
            buyer?: Record<string, never>;
            notes?: string;
        };
        FulfilmentOrder: {
            id: string;
            /** Format: uuid */
            order: string;
            /** @enum {unknown} */
            channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            channel_order_id: string;
            location: string;
            /** @enum {unknown} */
            kind: "ship" | "same_day" | "pick_up";
            /** @enum {unknown} */
            state: "open" | "in_progress" | "on_hold" | "closed" | "cancelled" | "rejected";
            stage: string;
            possible: string[];
            lines: {
                line: number;
                offer: string;
                quantity: number;
                picked: number;
                short: number;
                withdrawn: number;
                shipped: number;
                serials: string[];
            }[];
            /** Format: date-time */
            promised_from: string | null;
            /** Format: date-time */
            promised_to: string | null;
            /** Format: date-time */
            collect_by: string | null;
            carrier: string | null;
            packages: {
                carrier: string;
                tracking: string;
                lines: {
                    line: number;
                    quantity: number;
                }[];
                /** Format: date-time */
                shipped_at: string;
                /** Format: date-time */
                delivered_at: string | null;
            }[];
            reject_reason: string | null;
            hold_reason: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            history: {
                kind: string;
                /** Format: date-time */
                at: string;
                actor: string;
            }[];
        };
        Article: {
            sku: string;
            name: {
                [key: string]: string;
            };
            gtin: string | null;
            unit: string;
            scale: number;
            options: {
                [key: string]: string;
            };
            shelf: string | null;
            image: string | null;
            serials: boolean;
        };
        Label: {
            id: string;
            /** @enum {unknown} */
            channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            channel_order_id: string;
            /** @enum {unknown} */
            kind: "ship" | "same_day" | "pick_up";
            carrier: string | null;
            boxes: number;
            units: number;
            /** Format: date-time */
            promised_to: string | null;
            from: {
                location: string;
                name: string;
                address: string;
            };
            to: {
                name: string;
                phone: string;
                address: string;
                region: string;
            } | null;
            gift: boolean;
        };
        Return: {
            number: number;
            /** Format: uuid */
            order: string;
            location: string;
            /** @enum {unknown} */
            state: "requested" | "accepted" | "received" | "completed" | "rejected";
            lines: {
                line: number;
                offer: string;
                quantity: number;
                reason: string;
                restocked: number;
                written_off: number;
            }[];
            refunded: number;
            reason: string | null;
            /** Format: date-time */
            requested_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Bucket: {
            location: string;
            location_name: string;
            offer: string;
            offer_name: string;
            /** Format: date-time */
            window: string | null;
            lot: string;
            on_hand: number;
            reserved: number;
            unavailable: number;
            incoming: number;
            available: number;
        };
        StockChange: {
            location: string;
            offer: string;
            on_hand: number;
            reserved: number;
            unavailable: number;
            incoming: number;
            available: number;
            /** Format: date-time */
            window?: string;
            counted?: number;
            /** Format: date-time */
            counted_at?: string;
            moved_since?: number;
            changed_by?: number;
            change?: string;
            quantity?: number;
            note?: string;
        };
        Transfer: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            state: "in_transit" | "received";
            source: string;
            target: string;
            offer: string;
            quantity: number;
            received?: number;
            source_name?: string;
            target_name?: string;
            offer_name?: string;
            /** Format: date-time */
            sent_at?: string;
            sent_by?: string;
            sent_by_name?: string | null;
            /** Format: date-time */
            received_at?: string;
            received_by?: string;
            received_by_name?: string | null;
        };
        StockTotal: {
            code: string;
            name: string;
            buckets: number;
            on_hand: number;
            reserved: number;
            unavailable: number;
            incoming: number;
            available: number;
            out: number;
            short: number;
        };
        Movement: {
            id: string;
            sequence: number;
            /** Format: date-time */
            at: string;
            /** @enum {unknown} */
            reason: "received" | "counted" | "adjusted" | "transfer_out" | "transfer_in" | "held" | "released" | "expired" | "fulfilled" | "moved" | "set_aside" | "put_back" | "ordered" | "cancelled" | "rejected" | "returned" | "written_off" | "opened" | "expected";
            fact: string;
            actor: string;
            actor_name: string | null;
            /** Format: uuid */
            order: string | null;
            /** Format: uuid */
            reservation: string | null;
            /** Format: uuid */
            transfer: string | null;
            note: string;
            location: string;
            offer: string;
            /** Format: date-time */
            window: string | null;
            lot: string;
            change: {
                on_hand: number;
                reserved: number;
                unavailable: number;
                incoming: number;
                available: number;
            };
            after: {
                on_hand: number;
                reserved: number;
                unavailable: number;
                incoming: number;
                available: number;
            };
        };
        StockClaim: {
            /** Format: uuid */
            reservation: string;
            /** Format: uuid */
            order: string | null;
            channel: string | null;
            channel_order_id: string | null;
            /** Format: date-time */
            placed_at: string | null;
            /** @enum {unknown} */
            state: "held" | "confirmed";
            /** Format: date-time */
            expires_at: string | null;
            quantity: number;
        };
        StockException: {
            id: string;
            /** @enum {unknown} */
            state: "open" | "closed";
            location: string;
            location_name: string;
            offer: string;
            offer_name: string;
            /** Format: date-time */
            window: string | null;
            lot: string;
            on_hand: number;
            reserved: number;
            unavailable: number;
            incoming: number;
            available: number;
            missing: number;
            missing_at_first: number;
            /** Format: date-time */
            opened_at: string;
            opened_by: string;
            opened_by_name: string | null;
            /** Format: date-time */
            closed_at: string | null;
            closed_by: string | null;
            closed_by_name: string | null;
            assignee: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            /** Format: date-time */
            due_at: string;
            due_at_given: boolean;
            overdue: boolean;
            note: string;
            revision: number;
        };
        Reservation: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            state: "held" | "confirmed" | "released" | "expired";
            cart?: string | null;
            /** Format: date-time */
            expires_at?: string | null;
            lines?: {
                location: string;
                offer: string;
                quantity: number;
                /** Format: date-time */
                window: string | null;
                lot?: string;
            }[];
            /** Format: date-time */
            ended_at?: string;
            /** Format: uuid */
            order?: string;
        };
        Availability: {
            offer: string;
            quantity: number;
            /** @enum {unknown} */
            channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            options: {
                /** @enum {unknown} */
                kind: "ship" | "same_day" | "pick_up";
                locations: string[];
                km: number;
                fee: number;
                currency: string;
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
                /** @enum {unknown} */
                basis: "learned" | "configured";
            }[];
            not_possible: {
                [key: string]: string;
            };
        };
        Decisions: {
            /** Format: uuid */
            order: string;
            decisions: {
                number: number;
                policy_version: number;
                /** Format: date-time */
                decided_at: string;
                words: string[];
                summary: string;
                chosen: {
                    location: string;
                    name: string;
                    km: number;
                    lines: number[];
                    carriage: number;
                    handling: number;
                    rank: number;
                    rejection: number;
                    stock_worth: number;
                    room_worth: number;
                    cost: number;
                    /** @enum {unknown} */
                    kind?: "store" | "warehouse" | "partner";
                    lat?: number;
                    lon?: number;
                }[];
                others: {
                    location: string;
                    name: string;
                    km: number;
                    lines: number[];
                    carriage: number;
                    handling: number;
                    rank: number;
                    rejection: number;
                    stock_worth: number;
                    room_worth: number;
                    cost: number;
                    /** @enum {unknown} */
                    kind?: "store" | "warehouse" | "partner";
                    lat?: number;
                    lon?: number;
                }[];
                near: {
                    location: string;
                    name: string;
                    km: number;
                    reason: string;
                    text: string;
                    /** @enum {unknown} */
                    kind?: "store" | "warehouse" | "partner";
                    lat?: number;
                    lon?: number;
                }[];
                /** @enum {unknown} */
                kind?: "ship" | "same_day" | "pick_up";
                holders?: number;
                candidates?: number;
                looked_ahead?: boolean;
                left_out?: {
                    reason: string;
                    text: string;
                    locations: number;
                }[];
                saved?: number;
                left?: {
                    location: string;
                    name: string;
                    /** @enum {unknown} */
                    kind?: "store" | "warehouse" | "partner";
                    lat?: number;
                    lon?: number;
                }[];
                detail?: Record<string, never>;
            }[];
        };
        Tracking: {
            brand: string;
            /** @enum {unknown} */
            state: "awaiting_payment" | "placed" | "preparing" | "on_the_way" | "ready" | "delivered" | "collected" | "completed" | "cancelled" | "returned";
            words: string;
            partly_cancelled: boolean;
            partly_returned: boolean;
            /** Format: date-time */
            placed_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            pay_by: string | null;
            lines: {
                line: number;
                name: string;
                unit: string;
                scale: number;
                quantity: number;
                cancelled: number;
                returned: number;
                substitute_for: number | null;
            }[];
            parts: {
                /** @enum {unknown} */
                kind: "ship" | "same_day" | "pick_up";
                /** @enum {unknown} */
                state: "placed" | "preparing" | "on_the_way" | "delivered" | "ready" | "collected" | "not_collected";
                words: string;
                lines: {
                    line: number;
                    quantity: number;
                }[];
                /** Format: date-time */
                promised_from: string | null;
                /** Format: date-time */
                promised_to: string | null;
                parcels: {
                    carrier: string;
                    tracking: string;
                    /** Format: date-time */
                    shipped_at: string;
                    /** Format: date-time */
                    delivered_at: string | null;
                    lines: {
                        line: number;
                        quantity: number;
                    }[];
                }[];
                store: {
                    name: string;
                    address: string;
                    lat: number;
                    lon: number;
                    time_zone: string;
                    opening_hours: string;
                    open_now: boolean;
                    /** Format: date-time */
                    opens_at: string | null;
                    /** Format: date-time */
                    closes_at: string | null;
                } | null;
                /** Format: date-time */
                collect_by: string | null;
                code: string | null;
                ticket: string | null;
            }[];
            milestones: {
                state: string;
                /** Format: date-time */
                at: string;
            }[];
            /** Format: date-time */
            link_expires_at: string;
        };
        Found: {
            /** @enum {unknown} */
            type: "order" | "fulfilment_order" | "return" | "location" | "offer" | "reservation" | "transfer" | "person";
            id: string;
            title: string;
            detail: string;
            /** @enum {unknown} */
            match: "exact" | "prefix" | "text" | "initials";
            href: string;
            state: string | null;
            /** Format: date-time */
            at: string | null;
        };
        SavedView: {
            /** Format: uuid */
            id: string;
            name: string;
            page: string;
            query: string;
            shared: boolean;
            mine: boolean;
            owner: string;
            /** Format: date-time */
            updated_at: string;
        };
        Webhook: {
            /** Format: uuid */
            id: string;
            url: string;
            events: string[];
            secret?: string;
        };
        Delivery: {
            event_id: string;
            /** @enum {unknown} */
            state: "pending" | "delivered" | "failed";
            attempts: number;
            /** Format: date-time */
            next_attempt_at: string | null;
            status: number | null;
            error: string | null;
            /** Format: date-time */
            updated_at: string | null;
        };
        Location: {
            code: string;
            name: string;
            /** @enum {unknown} */
            kind: "store" | "warehouse" | "partner";
            stock_owner?: string | null;
            lat: number;
            lon: number;
            /**
             * @default wgs84
             * @enum {unknown}
             */
            datum: "wgs84" | "gcj02" | "bd09";
            region?: string;
            address?: string;
            time_zone?: string;
            opening_hours?: string;
            holidays?: string;
            capabilities?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers")[];
            orders_per_hour?: number | null;
            orders_per_day?: number | null;
            cut_offs?: {
                ship?: string;
                same_day?: string;
            };
            lead_time_minutes?: number;
            handle_order_cost?: number;
            handle_unit_cost?: number;
            groups?: string[];
            areas?: ({
                /** @constant */
                kind: "radius";
                km: number;
            } | {
                /** @constant */
                kind: "regions";
                codes: string[];
            } | {
                /** @constant */
                kind: "polygon";
                geometry: Record<string, never>;
            })[];
            /** @default true */
            enabled: boolean;
            revision?: number;
        };
        LocationNow: {
            location: string;
            /** Format: date-time */
            at: string;
            time_zone: string;
            enabled: boolean;
            hours: {
                open: boolean;
                /** Format: date-time */
                from: string | null;
                /** Format: date-time */
                until: string | null;
            };
            cut_offs: {
                kind: string;
                /** Format: date-time */
                at: string;
            }[];
            capacity: {
                hour: {
                    /** Format: date-time */
                    from: string;
                    limit: number;
                    used: number;
                    left: number;
                } | null;
                day: {
                    /** Format: date-time */
                    from: string;
                    limit: number;
                    used: number;
                    left: number;
                } | null;
            };
            work: {
                state: string;
                kind: string;
                count: number;
                late: number;
                /** Format: date-time */
                next_promised_at: string | null;
            }[];
            rejections: {
                count: number;
                /** Format: date-time */
                since: string;
                reasons: {
                    reason: string;
                    count: number;
                }[];
                latest: {
                    fulfilment_order: string;
                    order: string;
                    channel_order_id: string;
                    reason: string;
                    /** Format: date-time */
                    at: string;
                }[];
            };
            promises: {
                /** Format: date-time */
                since: string;
                due: number;
                kept: number;
            };
            stock?: {
                units: number;
                reserved: number;
                records: number;
                records_out: number;
            };
        };
        LocationRejections: {
            location: string;
            /** Format: date-time */
            at: string | null;
            days: number;
            currency: string;
            rejection_cost: number;
            foreseen: {
                kind: string;
                probability: number;
                cost: number;
            }[];
            assigned: number;
            rejected: number;
            short: number;
            share: number | null;
            peers: {
                /** @enum {unknown} */
                of: "group" | "region" | "brand";
                name: string;
                locations: number;
                share: number | null;
            } | null;
            reasons: {
                reason: string;
                orders: number;
            }[];
            hours: {
                hour: number;
                assigned: number;
                rejected: number;
                share: number | null;
                peers_share: number | null;
            }[];
            loads: {
                load_from: number | null;
                load_to: number | null;
                assigned: number;
                rejected: number;
                share: number | null;
                peers_share: number | null;
            }[];
            peak: {
                from_hour: number;
                until_hour: number;
                share: number;
                load_from: number | null;
            } | null;
        };
        NetworkPoints: {
            count: number;
            kinds: ("store" | "warehouse" | "partner")[];
            capabilities: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers")[];
            groups: string[];
            group_sets: number[][];
            partners: string[];
            regions: {
                code: string;
                name: string;
                en: string;
            }[];
            columns: {
                code: string[];
                name: string[];
                lat: number[];
                lon: number[];
                kind: number[];
                region: number[];
                group_set: number[];
                partner: number[];
                capability_bits: number[];
                orders_per_hour: (number | null)[];
                orders_per_day: (number | null)[];
                enabled: (0 | 1)[];
            };
        };
        NetworkLoad: {
            /** Format: date-time */
            at: string;
            sequence: string;
            complete: boolean;
            columns: {
                code: string[];
                open: number[];
                in_progress: number[];
                on_hold: number[];
                late: number[];
                rejected: number[];
                hour_used: number[];
                hour_left: (number | null)[];
                day_used: number[];
                day_left: (number | null)[];
                units?: number[];
                reserved?: number[];
                records?: number[];
                records_out?: number[];
            };
        };
        Offer: {
            sku: string;
            name: string | {
                [key: string]: string;
            };
            /** @enum {unknown} */
            kind: "good" | "service" | "quota";
            price: {
                amount: number;
                currency: string;
            };
            gtin?: string | null;
            tax_rate_ppm?: number;
            /**
             * @default piece
             * @enum {unknown}
             */
            unit: "piece" | "pair" | "box" | "gram" | "kilogram" | "millilitre" | "litre" | "millimetre" | "centimetre" | "metre" | "square_metre" | "minute" | "hour";
            scale?: number;
            weight_g?: number;
            size_mm?: number[] | null;
            shelf_life_days?: number | null;
            variant_of?: string | null;
            options?: {
                [key: string]: string;
            };
            components?: {
                sku: string;
                quantity: number;
            }[];
            attributes?: Record<string, never>;
            /** @default true */
            enabled: boolean;
            revision?: number;
        };
        Carrier: {
            code: string;
            name: string;
            zones: {
                to?: string[];
                from?: string[];
                km_max?: number | null;
                base?: number;
                included_grams?: number;
                per_kg?: number;
                per_km?: number;
                days_min?: number;
                days_max?: number;
            }[];
            cut_off?: string;
            /** @default true */
            enabled: boolean;
            revision?: number;
        };
        Key: {
            /** Format: uuid */
            id: string;
            brand: string;
            name: string;
            scopes: string[];
            location: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: date-time */
            revoked_at: string | null;
        };
        PaymentAccount: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            provider: "alipay" | "wechat_pay";
            application: string;
            appids: string[];
            /** Format: date-time */
            created_at: string;
        };
        Me: {
            person: {
                /** Format: uuid */
                id: string;
                login: string;
                name: string;
            } | null;
            party: string;
            party_name: string;
            /** @enum {unknown} */
            party_kind: "platform" | "brand" | "partner";
            /** @enum {unknown} */
            role: "platform_operator" | "brand_operations" | "brand_marketing" | "planner" | "analyst" | "store_associate" | "partner" | null;
            scopes: string[];
            locations: string[];
            location: string | null;
            csrf: string | null;
            has_password: boolean;
            map: {
                tiles: string | null;
                attribution: string;
            };
            /** Format: date-time */
            expires_at: string | null;
        };
        Person: {
            /** Format: uuid */
            id: string;
            login: string;
            name: string;
            /** @enum {unknown} */
            role: "platform_operator" | "brand_operations" | "brand_marketing" | "planner" | "analyst" | "store_associate" | "partner";
            locations: string[];
            enabled: boolean;
            has_password: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            signed_in_at: string | null;
            revision: number;
        };
        AuditEntry: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            person: {
                /** Format: uuid */
                id: string;
                login: string;
                name: string;
                platform: boolean;
            } | null;
            session: string | null;
            location: string | null;
            method: string;
            route: string;
            path: string;
            status: number;
            request_key: string | null;
            address: string | null;
            details: Record<string, never> | null;
        };
        Brand: {
            code: string;
            name: string;
            /** Format: date-time */
            created_at: string;
        };
        BoardFigures: {
            attention: {
                late: number;
                overdue: number;
                soon: number;
                unserved: number;
                stock_exceptions: number;
            };
            orders: {
                today: number;
                hour: number;
                minute: number;
                by_channel: {
                    /** @enum {unknown} */
                    channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
                    today: number;
                    hour: number;
                    minute: number;
                }[];
            };
            pulse: {
                /** Format: date-time */
                until: string;
                orders: number[];
            };
            work: {
                open: number;
                ages: number[];
                steps: {
                    /** @enum {unknown} */
                    waits_for: "hold" | "accept" | "pick" | "pack" | "ship" | "collect";
                    open: number;
                    late: number;
                    late_after: number;
                    ages: number[];
                }[];
            };
            served: {
                fulfilment_orders: number;
                rejected: number;
                units: number;
                units_near_by: number;
                near_by_pct: number | null;
                pre_stock_avoided: number;
                sold_out: number | null;
            };
            destinations: {
                north: {
                    fulfilment_orders: number;
                    units: number;
                    same_day_pct: number | null;
                    km_median: number | null;
                };
                south: {
                    fulfilment_orders: number;
                    units: number;
                    same_day_pct: number | null;
                    km_median: number | null;
                };
            };
        };
        BoardEntry: {
            id: string;
            name: string;
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            order: string;
            /** @enum {unknown} */
            channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            channel_order_id: string;
            /** @enum {unknown} */
            kind: "ship" | "same_day" | "pick_up";
            units: number;
            locations: string[];
        };
        Board: {
            sequence: number;
            /** Format: date-time */
            at: string;
            since: {
                /** Format: date-time */
                today: string;
                /** Format: date-time */
                hour: string;
                /** Format: date-time */
                minute: string;
            };
            figures: components["schemas"]["BoardFigures"];
            newest: components["schemas"]["BoardEntry"][];
            left_out: number;
        };
        SoldOut: {
            offers: {
                sku: string;
                names: {
                    [key: string]: string;
                };
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_locations_v1_locations_get: {
        parameters: {
            query?: {
                kind?: ("store" | "warehouse" | "partner") | null;
                text?: string | null;
                enabled?: boolean | null;
                limit?: number;
                cursor?: string | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        locations: components["schemas"]["Location"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_locations_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    name: string;
                    /** @enum {unknown} */
                    kind: "store" | "warehouse" | "partner";
                    stock_owner?: string | null;
                    lat: number;
                    lon: number;
                    /**
                     * @default wgs84
                     * @enum {unknown}
                     */
                    datum?: "wgs84" | "gcj02" | "bd09";
                    region?: string;
                    address?: string;
                    time_zone?: string;
                    opening_hours?: string;
                    holidays?: string;
                    capabilities?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers")[];
                    orders_per_hour?: number | null;
                    orders_per_day?: number | null;
                    cut_offs?: {
                        ship?: string;
                        same_day?: string;
                    };
                    lead_time_minutes?: number;
                    handle_order_cost?: number;
                    handle_unit_cost?: number;
                    groups?: string[];
                    areas?: ({
                        /** @constant */
                        kind: "radius";
                        km: number;
                    } | {
                        /** @constant */
                        kind: "regions";
                        codes: string[];
                    } | {
                        /** @constant */
                        kind: "polygon";
                        geometry: Record<string, never>;
                    })[];
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
            201: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    batch_v1_locations_batch_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    locations: {
                        code: string;
                        name: string;
                        /** @enum {unknown} */
                        kind: "store" | "warehouse" | "partner";
                        stock_owner?: string | null;
                        lat: number;
                        lon: number;
                        /**
                         * @default wgs84
                         * @enum {unknown}
                         */
                        datum?: "wgs84" | "gcj02" | "bd09";
                        region?: string;
                        address?: string;
                        time_zone?: string;
                        opening_hours?: string;
                        holidays?: string;
                        capabilities?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers")[];
                        orders_per_hour?: number | null;
                        orders_per_day?: number | null;
                        cut_offs?: {
                            ship?: string;
                            same_day?: string;
                        };
                        lead_time_minutes?: number;
                        handle_order_cost?: number;
                        handle_unit_cost?: number;
                        groups?: string[];
                        areas?: ({
                            /** @constant */
                            kind: "radius";
                            km: number;
                        } | {
                            /** @constant */
                            kind: "regions";
                            codes: string[];
                        } | {
                            /** @constant */
                            kind: "polygon";
                            geometry: Record<string, never>;
                        })[];
                        /** @default true */
                        enabled?: boolean;
                        revision?: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            location?: components["schemas"]["Location"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    get_v1_locations__code__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    change_v1_locations__code__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code?: string;
                    name?: string;
                    /** @enum {unknown} */
                    kind?: "store" | "warehouse" | "partner";
                    stock_owner?: string | null;
                    lat?: number;
                    lon?: number;
                    /**
                     * @default wgs84
                     * @enum {unknown}
                     */
                    datum?: "wgs84" | "gcj02" | "bd09";
                    region?: string;
                    address?: string;
                    time_zone?: string;
                    opening_hours?: string;
                    holidays?: string;
                    capabilities?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers")[];
                    orders_per_hour?: number | null;
                    orders_per_day?: number | null;
                    cut_offs?: {
                        ship?: string;
                        same_day?: string;
                    };
                    lead_time_minutes?: number;
                    handle_order_cost?: number;
                    handle_unit_cost?: number;
                    groups?: string[];
                    areas?: ({
                        /** @constant */
                        kind: "radius";
                        km: number;
                    } | {
                        /** @constant */
                        kind: "regions";
                        codes: string[];
                    } | {
                        /** @constant */
                        kind: "polygon";
                        geometry: Record<string, never>;
                    })[];
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    points_v1_network_points_get: {
        parameters: {
            query?: {
                kind?: ("store" | "warehouse" | "partner") | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: {
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkPoints"];
                };
            };
        };
    };
    load_v1_network_load_get: {
        parameters: {
            query?: {
                since?: string | null;
                kind?: ("store" | "warehouse" | "partner") | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkLoad"];
                };
            };
        };
    };
    now_v1_locations__code__now_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocationNow"];
                };
            };
        };
    };
    rejections_v1_locations__code__rejections_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocationRejections"];
                };
            };
        };
    };
    regions_v1_network_regions__level__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                level: "province" | "prefecture" | "inset";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        type?: string;
                        features?: {
                            type: string;
                            geometry: Record<string, never>;
                            properties: {
                                code: string;
                                name: string;
                                province?: string | null;
                            };
                        }[];
                        name?: string;
                        width?: number;
                        height?: number;
                        polygons?: number[][][];
                    };
                };
            };
        };
    };
    list_offers_v1_offers_get: {
        parameters: {
            query?: {
                kind?: ("good" | "service" | "quota") | null;
                variant_of?: string | null;
                gtin?: string | null;
                text?: string | null;
                enabled?: boolean | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        offers: components["schemas"]["Offer"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_offers_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sku: string;
                    name: string | {
                        [key: string]: string;
                    };
                    /** @enum {unknown} */
                    kind: "good" | "service" | "quota";
                    price: {
                        amount: number;
                        currency: string;
                    };
                    gtin?: string | null;
                    tax_rate_ppm?: number;
                    /**
                     * @default piece
                     * @enum {unknown}
                     */
                    unit?: "piece" | "pair" | "box" | "gram" | "kilogram" | "millilitre" | "litre" | "millimetre" | "centimetre" | "metre" | "square_metre" | "minute" | "hour";
                    scale?: number;
                    weight_g?: number;
                    size_mm?: number[] | null;
                    shelf_life_days?: number | null;
                    variant_of?: string | null;
                    options?: {
                        [key: string]: string;
                    };
                    components?: {
                        sku: string;
                        quantity: number;
                    }[];
                    attributes?: Record<string, never>;
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            201: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    batch_v1_offers_batch_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    offers: {
                        sku: string;
                        name: string | {
                            [key: string]: string;
                        };
                        /** @enum {unknown} */
                        kind: "good" | "service" | "quota";
                        price: {
                            amount: number;
                            currency: string;
                        };
                        gtin?: string | null;
                        tax_rate_ppm?: number;
                        /**
                         * @default piece
                         * @enum {unknown}
                         */
                        unit?: "piece" | "pair" | "box" | "gram" | "kilogram" | "millilitre" | "litre" | "millimetre" | "centimetre" | "metre" | "square_metre" | "minute" | "hour";
                        scale?: number;
                        weight_g?: number;
                        size_mm?: number[] | null;
                        shelf_life_days?: number | null;
                        variant_of?: string | null;
                        options?: {
                            [key: string]: string;
                        };
                        components?: {
                            sku: string;
                            quantity: number;
                        }[];
                        attributes?: Record<string, never>;
                        /** @default true */
                        enabled?: boolean;
                        revision?: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            offer?: components["schemas"]["Offer"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    get_v1_offers__sku__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    change_v1_offers__sku__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sku?: string;
                    name?: string | {
                        [key: string]: string;
                    };
                    /** @enum {unknown} */
                    kind?: "good" | "service" | "quota";
                    price?: {
                        amount: number;
                        currency: string;
                    };
                    gtin?: string | null;
                    tax_rate_ppm?: number;
                    /**
                     * @default piece
                     * @enum {unknown}
                     */
                    unit?: "piece" | "pair" | "box" | "gram" | "kilogram" | "millilitre" | "litre" | "millimetre" | "centimetre" | "metre" | "square_metre" | "minute" | "hour";
                    scale?: number;
                    weight_g?: number;
                    size_mm?: number[] | null;
                    shelf_life_days?: number | null;
                    variant_of?: string | null;
                    options?: {
                        [key: string]: string;
                    };
                    components?: {
                        sku: string;
                        quantity: number;
                    }[];
                    attributes?: Record<string, never>;
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    list_carriers_v1_carriers_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        carriers: components["schemas"]["Carrier"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_carrier_v1_carriers_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    name: string;
                    zones: {
                        to?: string[];
                        from?: string[];
                        km_max?: number | null;
                        base?: number;
                        included_grams?: number;
                        per_kg?: number;
                        per_km?: number;
                        days_min?: number;
                        days_max?: number;
                    }[];
                    cut_off?: string;
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Carrier"];
                };
            };
            201: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Carrier"];
                };
            };
        };
    };
    get_carrier_v1_carriers__code__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Carrier"];
                };
            };
        };
    };
    change_carrier_v1_carriers__code__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code?: string;
                    name?: string;
                    zones?: {
                        to?: string[];
                        from?: string[];
                        km_max?: number | null;
                        base?: number;
                        included_grams?: number;
                        per_kg?: number;
                        per_km?: number;
                        days_min?: number;
                        days_max?: number;
                    }[];
                    cut_off?: string;
                    /** @default true */
                    enabled?: boolean;
                    revision?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Carrier"];
                };
            };
        };
    };
    list_fees_v1_delivery_fees_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        delivery_fees: {
                            region?: string;
                            fee: number;
                            free_from?: number | null;
                            currency?: string;
                        }[];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_fee_v1_delivery_fees_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    region?: string;
                    fee: number;
                    free_from?: number | null;
                    currency?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        region?: string;
                        fee: number;
                        free_from?: number | null;
                        currency?: string;
                    };
                };
            };
            201: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        region?: string;
                        fee: number;
                        free_from?: number | null;
                        currency?: string;
                    };
                };
            };
        };
    };
    get_fee_v1_delivery_fees__region__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                region: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        region?: string;
                        fee: number;
                        free_from?: number | null;
                        currency?: string;
                    };
                };
            };
        };
    };
    delete_fee_v1_delivery_fees__region__delete: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                region: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_fee_v1_delivery_fees__region__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                region: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    region?: string;
                    fee?: number;
                    free_from?: number | null;
                    currency?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        region?: string;
                        fee: number;
                        free_from?: number | null;
                        currency?: string;
                    };
                };
            };
        };
    };
    get_v1_policy_get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @default 0 */
                        version: number;
                        /** @default CNY */
                        currency: string;
                        kinds?: {
                            [key: string]: {
                                km_max?: number | null;
                                /** @default false */
                                must_be_open: boolean;
                                /** @default false */
                                within_cut_off: boolean;
                                costs?: {
                                    /** @default 0 */
                                    base: number;
                                    /** @default 0 */
                                    per_km: number;
                                    /** @default 0 */
                                    per_kg: number;
                                    /** @default 0 */
                                    per_kg_km: number;
                                };
                            };
                        };
                        /** @default {} */
                        channels: {
                            [key: string]: {
                                /** @default [] */
                                groups: string[];
                                /** @default [] */
                                excluded_groups: string[];
                                /** @default [] */
                                location_kinds: ("partner" | "store" | "warehouse")[];
                                /** @default [] */
                                kinds: ("pick_up" | "same_day" | "ship")[];
                            };
                        };
                        /** @default [] */
                        excluded_locations: string[];
                        /** @default 0 */
                        safety_stock: number;
                        /** @default [] */
                        thresholds: {
                            units: number;
                            /** @default * */
                            channel: string;
                            /** @default * */
                            group: string;
                            /** @default  */
                            sku: string;
                            /** @default  */
                            offer_class: string;
                        }[];
                        /** @default true */
                        respect_capacity: boolean;
                        /** @default 800 */
                        rejection_cost: number;
                        /** @default 7 */
                        look_ahead_days: number;
                        split?: {
                            /** @default true */
                            allow_split: boolean;
                            /** @default 3 */
                            max_shipments: number;
                            /**
                             * @default if_needed
                             * @enum {unknown}
                             */
                            line_split: "if_cheaper" | "if_needed" | "never";
                        };
                        /** @default [] */
                        rank: {
                            cost: number;
                            /** @default * */
                            group: string;
                            location_kind?: ("partner" | "store" | "warehouse") | null;
                        }[];
                        /**
                         * @default reject
                         * @enum {unknown}
                         */
                        on_shortage: "backorder" | "partial" | "reject";
                        improve?: {
                            /** @default true */
                            enabled: boolean;
                            /** @default 15 */
                            every_minutes: number;
                            /** @default 100 */
                            min_gain: number;
                            /** @default 10 */
                            min_gain_percent: number;
                            /** @default 2 */
                            max_moves: number;
                        };
                    };
                };
            };
        };
    };
    publish_v1_policy_put: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 0 */
                    version?: number;
                    /** @default CNY */
                    currency?: string;
                    kinds?: {
                        [key: string]: {
                            km_max?: number | null;
                            /** @default false */
                            must_be_open?: boolean;
                            /** @default false */
                            within_cut_off?: boolean;
                            costs?: {
                                /** @default 0 */
                                base?: number;
                                /** @default 0 */
                                per_km?: number;
                                /** @default 0 */
                                per_kg?: number;
                                /** @default 0 */
                                per_kg_km?: number;
                            };
                        };
                    };
                    /** @default {} */
                    channels?: {
                        [key: string]: {
                            /** @default [] */
                            groups?: string[];
                            /** @default [] */
                            excluded_groups?: string[];
                            /** @default [] */
                            location_kinds?: ("partner" | "store" | "warehouse")[];
                            /** @default [] */
                            kinds?: ("pick_up" | "same_day" | "ship")[];
                        };
                    };
                    /** @default [] */
                    excluded_locations?: string[];
                    /** @default 0 */
                    safety_stock?: number;
                    /** @default [] */
                    thresholds?: {
                        units: number;
                        /** @default * */
                        channel?: string;
                        /** @default * */
                        group?: string;
                        /** @default  */
                        sku?: string;
                        /** @default  */
                        offer_class?: string;
                    }[];
                    /** @default true */
                    respect_capacity?: boolean;
                    /** @default 800 */
                    rejection_cost?: number;
                    /** @default 7 */
                    look_ahead_days?: number;
                    split?: {
                        /** @default true */
                        allow_split?: boolean;
                        /** @default 3 */
                        max_shipments?: number;
                        /**
                         * @default if_needed
                         * @enum {unknown}
                         */
                        line_split?: "if_cheaper" | "if_needed" | "never";
                    };
                    /** @default [] */
                    rank?: {
                        cost: number;
                        /** @default * */
                        group?: string;
                        location_kind?: ("partner" | "store" | "warehouse") | null;
                    }[];
                    /**
                     * @default reject
                     * @enum {unknown}
                     */
                    on_shortage?: "backorder" | "partial" | "reject";
                    improve?: {
                        /** @default true */
                        enabled?: boolean;
                        /** @default 15 */
                        every_minutes?: number;
                        /** @default 100 */
                        min_gain?: number;
                        /** @default 10 */
                        min_gain_percent?: number;
                        /** @default 2 */
                        max_moves?: number;
                    };
                    note?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @default 0 */
                        version: number;
                        /** @default CNY */
                        currency: string;
                        kinds?: {
                            [key: string]: {
                                km_max?: number | null;
                                /** @default false */
                                must_be_open: boolean;
                                /** @default false */
                                within_cut_off: boolean;
                                costs?: {
                                    /** @default 0 */
                                    base: number;
                                    /** @default 0 */
                                    per_km: number;
                                    /** @default 0 */
                                    per_kg: number;
                                    /** @default 0 */
                                    per_kg_km: number;
                                };
                            };
                        };
                        /** @default {} */
                        channels: {
                            [key: string]: {
                                /** @default [] */
                                groups: string[];
                                /** @default [] */
                                excluded_groups: string[];
                                /** @default [] */
                                location_kinds: ("partner" | "store" | "warehouse")[];
                                /** @default [] */
                                kinds: ("pick_up" | "same_day" | "ship")[];
                            };
                        };
                        /** @default [] */
                        excluded_locations: string[];
                        /** @default 0 */
                        safety_stock: number;
                        /** @default [] */
                        thresholds: {
                            units: number;
                            /** @default * */
                            channel: string;
                            /** @default * */
                            group: string;
                            /** @default  */
                            sku: string;
                            /** @default  */
                            offer_class: string;
                        }[];
                        /** @default true */
                        respect_capacity: boolean;
                        /** @default 800 */
                        rejection_cost: number;
                        /** @default 7 */
                        look_ahead_days: number;
                        split?: {
                            /** @default true */
                            allow_split: boolean;
                            /** @default 3 */
                            max_shipments: number;
                            /**
                             * @default if_needed
                             * @enum {unknown}
                             */
                            line_split: "if_cheaper" | "if_needed" | "never";
                        };
                        /** @default [] */
                        rank: {
                            cost: number;
                            /** @default * */
                            group: string;
                            location_kind?: ("partner" | "store" | "warehouse") | null;
                        }[];
                        /**
                         * @default reject
                         * @enum {unknown}
                         */
                        on_shortage: "backorder" | "partial" | "reject";
                        improve?: {
                            /** @default true */
                            enabled: boolean;
                            /** @default 15 */
                            every_minutes: number;
                            /** @default 100 */
                            min_gain: number;
                            /** @default 10 */
                            min_gain_percent: number;
                            /** @default 2 */
                            max_moves: number;
                        };
                    };
                };
            };
        };
    };
    roll_back_v1_policies__version__roll_back_post: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @default 0 */
                        version: number;
                        /** @default CNY */
                        currency: string;
                        kinds?: {
                            [key: string]: {
                                km_max?: number | null;
                                /** @default false */
                                must_be_open: boolean;
                                /** @default false */
                                within_cut_off: boolean;
                                costs?: {
                                    /** @default 0 */
                                    base: number;
                                    /** @default 0 */
                                    per_km: number;
                                    /** @default 0 */
                                    per_kg: number;
                                    /** @default 0 */
                                    per_kg_km: number;
                                };
                            };
                        };
                        /** @default {} */
                        channels: {
                            [key: string]: {
                                /** @default [] */
                                groups: string[];
                                /** @default [] */
                                excluded_groups: string[];
                                /** @default [] */
                                location_kinds: ("partner" | "store" | "warehouse")[];
                                /** @default [] */
                                kinds: ("pick_up" | "same_day" | "ship")[];
                            };
                        };
                        /** @default [] */
                        excluded_locations: string[];
                        /** @default 0 */
                        safety_stock: number;
                        /** @default [] */
                        thresholds: {
                            units: number;
                            /** @default * */
                            channel: string;
                            /** @default * */
                            group: string;
                            /** @default  */
                            sku: string;
                            /** @default  */
                            offer_class: string;
                        }[];
                        /** @default true */
                        respect_capacity: boolean;
                        /** @default 800 */
                        rejection_cost: number;
                        /** @default 7 */
                        look_ahead_days: number;
                        split?: {
                            /** @default true */
                            allow_split: boolean;
                            /** @default 3 */
                            max_shipments: number;
                            /**
                             * @default if_needed
                             * @enum {unknown}
                             */
                            line_split: "if_cheaper" | "if_needed" | "never";
                        };
                        /** @default [] */
                        rank: {
                            cost: number;
                            /** @default * */
                            group: string;
                            location_kind?: ("partner" | "store" | "warehouse") | null;
                        }[];
                        /**
                         * @default reject
                         * @enum {unknown}
                         */
                        on_shortage: "backorder" | "partial" | "reject";
                        improve?: {
                            /** @default true */
                            enabled: boolean;
                            /** @default 15 */
                            every_minutes: number;
                            /** @default 100 */
                            min_gain: number;
                            /** @default 10 */
                            min_gain_percent: number;
                            /** @default 2 */
                            max_moves: number;
                        };
                    };
                };
            };
        };
    };
    dry_run_v1_policy_dry_run_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    policy: {
                        /** @default 0 */
                        version?: number;
                        /** @default CNY */
                        currency?: string;
                        kinds?: {
                            [key: string]: {
                                km_max?: number | null;
                                /** @default false */
                                must_be_open?: boolean;
                                /** @default false */
                                within_cut_off?: boolean;
                                costs?: {
                                    /** @default 0 */
                                    base?: number;
                                    /** @default 0 */
                                    per_km?: number;
                                    /** @default 0 */
                                    per_kg?: number;
                                    /** @default 0 */
                                    per_kg_km?: number;
                                };
                            };
                        };
                        /** @default {} */
                        channels?: {
                            [key: string]: {
                                /** @default [] */
                                groups?: string[];
                                /** @default [] */
                                excluded_groups?: string[];
                                /** @default [] */
                                location_kinds?: ("partner" | "store" | "warehouse")[];
                                /** @default [] */
                                kinds?: ("pick_up" | "same_day" | "ship")[];
                            };
                        };
                        /** @default [] */
                        excluded_locations?: string[];
                        /** @default 0 */
                        safety_stock?: number;
                        /** @default [] */
                        thresholds?: {
                            units: number;
                            /** @default * */
                            channel?: string;
                            /** @default * */
                            group?: string;
                            /** @default  */
                            sku?: string;
                            /** @default  */
                            offer_class?: string;
                        }[];
                        /** @default true */
                        respect_capacity?: boolean;
                        /** @default 800 */
                        rejection_cost?: number;
                        /** @default 7 */
                        look_ahead_days?: number;
                        split?: {
                            /** @default true */
                            allow_split?: boolean;
                            /** @default 3 */
                            max_shipments?: number;
                            /**
                             * @default if_needed
                             * @enum {unknown}
                             */
                            line_split?: "if_cheaper" | "if_needed" | "never";
                        };
                        /** @default [] */
                        rank?: {
                            cost: number;
                            /** @default * */
                            group?: string;
                            location_kind?: ("partner" | "store" | "warehouse") | null;
                        }[];
                        /**
                         * @default reject
                         * @enum {unknown}
                         */
                        on_shortage?: "backorder" | "partial" | "reject";
                        improve?: {
                            /** @default true */
                            enabled?: boolean;
                            /** @default 15 */
                            every_minutes?: number;
                            /** @default 100 */
                            min_gain?: number;
                            /** @default 10 */
                            min_gain_percent?: number;
                            /** @default 2 */
                            max_moves?: number;
                        };
                    };
                    /** @default 1000 */
                    orders?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        result: {
                            orders: number;
                            first_at: string | null;
                            last_at: string | null;
                            currency: string;
                            policy_version: number;
                            before: {
                                served: number;
                                refused: number;
                                short: number;
                                unserved_units: number;
                                shipments: number;
                                split: number;
                                cost: number;
                                carriage: number;
                                handling: number;
                                km_median: number | null;
                                km_p90: number | null;
                                same_day: number;
                                from_store: number;
                                from_warehouse: number;
                                from_partner: number;
                                from_north: number;
                                from_south: number;
                            };
                            after: {
                                served: number;
                                refused: number;
                                short: number;
                                unserved_units: number;
                                shipments: number;
                                split: number;
                                cost: number;
                                carriage: number;
                                handling: number;
                                km_median: number | null;
                                km_p90: number | null;
                                same_day: number;
                                from_store: number;
                                from_warehouse: number;
                                from_partner: number;
                                from_north: number;
                                from_south: number;
                            };
                            cost_at_old_rates: number | null;
                            changed: number;
                            as_happened: number;
                            locations: {
                                code: string;
                                name: string;
                                kind: string;
                                region: string;
                                lat: number;
                                lon: number;
                                before: number;
                                after: number;
                                units_before: number;
                                units_after: number;
                                orders_per_hour: number | null;
                                orders_per_day: number | null;
                                busiest_hour_before: number;
                                busiest_hour_after: number;
                                beyond_before: number;
                                beyond_after: number;
                            }[];
                            regions: {
                                region: string;
                                name: string;
                                orders: number;
                                changed: number;
                                refused_before: number;
                                refused_after: number;
                                cost_before: number;
                                cost_after: number;
                                shipments_from_before: number;
                                shipments_from_after: number;
                            }[];
                            changes: {
                                id: string;
                                channel: string;
                                channel_order_id: string;
                                placed_at: string;
                                region: string;
                                /** @enum {unknown} */
                                what: "joined" | "less" | "more" | "moved" | "refused" | "served" | "split";
                                before: {
                                    location: string;
                                    name: string;
                                    units: number;
                                    km: number;
                                }[];
                                after: {
                                    location: string;
                                    name: string;
                                    units: number;
                                    km: number;
                                }[];
                                cost_before: number;
                                cost_after: number;
                                unserved_before: number;
                                unserved_after: number;
                                reasons: string[];
                            }[];
                        } | null;
                        warnings: {
                            pointer: string;
                            code: string;
                            detail: string;
                        }[];
                        assumes: {
                            pointer: string;
                            code: string;
                            detail: string;
                        }[];
                    };
                };
            };
        };
    };
    list_versions_v1_policies_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        policies: {
                            version: number;
                            /** Format: date-time */
                            published_at: string;
                            published_by: string;
                            published_by_name: string | null;
                            note: string;
                            based_on: number | null;
                            policy: {
                                /** @default 0 */
                                version: number;
                                /** @default CNY */
                                currency: string;
                                kinds?: {
                                    [key: string]: {
                                        km_max?: number | null;
                                        /** @default false */
                                        must_be_open: boolean;
                                        /** @default false */
                                        within_cut_off: boolean;
                                        costs?: {
                                            /** @default 0 */
                                            base: number;
                                            /** @default 0 */
                                            per_km: number;
                                            /** @default 0 */
                                            per_kg: number;
                                            /** @default 0 */
                                            per_kg_km: number;
                                        };
                                    };
                                };
                                /** @default {} */
                                channels: {
                                    [key: string]: {
                                        /** @default [] */
                                        groups: string[];
                                        /** @default [] */
                                        excluded_groups: string[];
                                        /** @default [] */
                                        location_kinds: ("partner" | "store" | "warehouse")[];
                                        /** @default [] */
                                        kinds: ("pick_up" | "same_day" | "ship")[];
                                    };
                                };
                                /** @default [] */
                                excluded_locations: string[];
                                /** @default 0 */
                                safety_stock: number;
                                /** @default [] */
                                thresholds: {
                                    units: number;
                                    /** @default * */
                                    channel: string;
                                    /** @default * */
                                    group: string;
                                    /** @default  */
                                    sku: string;
                                    /** @default  */
                                    offer_class: string;
                                }[];
                                /** @default true */
                                respect_capacity: boolean;
                                /** @default 800 */
                                rejection_cost: number;
                                /** @default 7 */
                                look_ahead_days: number;
                                split?: {
                                    /** @default true */
                                    allow_split: boolean;
                                    /** @default 3 */
                                    max_shipments: number;
                                    /**
                                     * @default if_needed
                                     * @enum {unknown}
                                     */
                                    line_split: "if_cheaper" | "if_needed" | "never";
                                };
                                /** @default [] */
                                rank: {
                                    cost: number;
                                    /** @default * */
                                    group: string;
                                    location_kind?: ("partner" | "store" | "warehouse") | null;
                                }[];
                                /**
                                 * @default reject
                                 * @enum {unknown}
                                 */
                                on_shortage: "backorder" | "partial" | "reject";
                                improve?: {
                                    /** @default true */
                                    enabled: boolean;
                                    /** @default 15 */
                                    every_minutes: number;
                                    /** @default 100 */
                                    min_gain: number;
                                    /** @default 10 */
                                    min_gain_percent: number;
                                    /** @default 2 */
                                    max_moves: number;
                                };
                            };
                        }[];
                        next: string | null;
                    };
                };
            };
        };
    };
    get_version_v1_policies__version__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                        /** Format: date-time */
                        published_at: string;
                        published_by: string;
                        published_by_name: string | null;
                        note: string;
                        based_on: number | null;
                        policy: {
                            /** @default 0 */
                            version: number;
                            /** @default CNY */
                            currency: string;
                            kinds?: {
                                [key: string]: {
                                    km_max?: number | null;
                                    /** @default false */
                                    must_be_open: boolean;
                                    /** @default false */
                                    within_cut_off: boolean;
                                    costs?: {
                                        /** @default 0 */
                                        base: number;
                                        /** @default 0 */
                                        per_km: number;
                                        /** @default 0 */
                                        per_kg: number;
                                        /** @default 0 */
                                        per_kg_km: number;
                                    };
                                };
                            };
                            /** @default {} */
                            channels: {
                                [key: string]: {
                                    /** @default [] */
                                    groups: string[];
                                    /** @default [] */
                                    excluded_groups: string[];
                                    /** @default [] */
                                    location_kinds: ("partner" | "store" | "warehouse")[];
                                    /** @default [] */
                                    kinds: ("pick_up" | "same_day" | "ship")[];
                                };
                            };
                            /** @default [] */
                            excluded_locations: string[];
                            /** @default 0 */
                            safety_stock: number;
                            /** @default [] */
                            thresholds: {
                                units: number;
                                /** @default * */
                                channel: string;
                                /** @default * */
                                group: string;
                                /** @default  */
                                sku: string;
                                /** @default  */
                                offer_class: string;
                            }[];
                            /** @default true */
                            respect_capacity: boolean;
                            /** @default 800 */
                            rejection_cost: number;
                            /** @default 7 */
                            look_ahead_days: number;
                            split?: {
                                /** @default true */
                                allow_split: boolean;
                                /** @default 3 */
                                max_shipments: number;
                                /**
                                 * @default if_needed
                                 * @enum {unknown}
                                 */
                                line_split: "if_cheaper" | "if_needed" | "never";
                            };
                            /** @default [] */
                            rank: {
                                cost: number;
                                /** @default * */
                                group: string;
                                location_kind?: ("partner" | "store" | "warehouse") | null;
                            }[];
                            /**
                             * @default reject
                             * @enum {unknown}
                             */
                            on_shortage: "backorder" | "partial" | "reject";
                            improve?: {
                                /** @default true */
                                enabled: boolean;
                                /** @default 15 */
                                every_minutes: number;
                                /** @default 100 */
                                min_gain: number;
                                /** @default 10 */
                                min_gain_percent: number;
                                /** @default 2 */
                                max_moves: number;
                            };
                        };
                    };
                };
            };
        };
    };
    every_v1_sourcing_simulations_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        simulations: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "cancelled";
                            phase: string;
                            share: number;
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            /** Format: date-time */
                            finished_at: string | null;
                            policies: string[];
                            from: string | null;
                            to: string | null;
                            generate: number;
                            seed: number;
                            detail: string | null;
                        }[];
                    };
                };
            };
        };
    };
    start_v1_sourcing_simulations_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    policies: {
                        name?: string;
                        version?: number;
                        policy?: {
                            /** @default 0 */
                            version?: number;
                            /** @default CNY */
                            currency?: string;
                            kinds?: {
                                [key: string]: {
                                    km_max?: number | null;
                                    /** @default false */
                                    must_be_open?: boolean;
                                    /** @default false */
                                    within_cut_off?: boolean;
                                    costs?: {
                                        /** @default 0 */
                                        base?: number;
                                        /** @default 0 */
                                        per_km?: number;
                                        /** @default 0 */
                                        per_kg?: number;
                                        /** @default 0 */
                                        per_kg_km?: number;
                                    };
                                };
                            };
                            /** @default {} */
                            channels?: {
                                [key: string]: {
                                    /** @default [] */
                                    groups?: string[];
                                    /** @default [] */
                                    excluded_groups?: string[];
                                    /** @default [] */
                                    location_kinds?: ("partner" | "store" | "warehouse")[];
                                    /** @default [] */
                                    kinds?: ("pick_up" | "same_day" | "ship")[];
                                };
                            };
                            /** @default [] */
                            excluded_locations?: string[];
                            /** @default 0 */
                            safety_stock?: number;
                            /** @default [] */
                            thresholds?: {
                                units: number;
                                /** @default * */
                                channel?: string;
                                /** @default * */
                                group?: string;
                                /** @default  */
                                sku?: string;
                                /** @default  */
                                offer_class?: string;
                            }[];
                            /** @default true */
                            respect_capacity?: boolean;
                            /** @default 800 */
                            rejection_cost?: number;
                            /** @default 7 */
                            look_ahead_days?: number;
                            split?: {
                                /** @default true */
                                allow_split?: boolean;
                                /** @default 3 */
                                max_shipments?: number;
                                /**
                                 * @default if_needed
                                 * @enum {unknown}
                                 */
                                line_split?: "if_cheaper" | "if_needed" | "never";
                            };
                            /** @default [] */
                            rank?: {
                                cost: number;
                                /** @default * */
                                group?: string;
                                location_kind?: ("partner" | "store" | "warehouse") | null;
                            }[];
                            /**
                             * @default reject
                             * @enum {unknown}
                             */
                            on_shortage?: "backorder" | "partial" | "reject";
                            improve?: {
                                /** @default true */
                                enabled?: boolean;
                                /** @default 15 */
                                every_minutes?: number;
                                /** @default 100 */
                                min_gain?: number;
                                /** @default 10 */
                                min_gain_percent?: number;
                                /** @default 2 */
                                max_moves?: number;
                            };
                        };
                    }[];
                    /** Format: date */
                    from?: string;
                    /** Format: date */
                    to?: string;
                    generate?: number;
                    /** @default 1 */
                    seed?: number;
                };
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        state: "running" | "done" | "failed" | "cancelled";
                        phase: string;
                        share: number;
                        /** Format: date-time */
                        created_at: string;
                        created_by: string;
                        /** Format: date-time */
                        finished_at: string | null;
                        policies: string[];
                        from: string | null;
                        to: string | null;
                        generate: number;
                        seed: number;
                        detail: string | null;
                    };
                };
            };
        };
    };
    one_v1_sourcing_simulations__simulation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        state: "running" | "done" | "failed" | "cancelled";
                        phase: string;
                        share: number;
                        /** Format: date-time */
                        created_at: string;
                        created_by: string;
                        /** Format: date-time */
                        finished_at: string | null;
                        policies: string[];
                        from: string | null;
                        to: string | null;
                        generate: number;
                        seed: number;
                        detail: string | null;
                    };
                };
            };
        };
    };
    result_v1_sourcing_simulations__simulation_id__result_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        orders: number;
                        units: number;
                        first_at_us: number | null;
                        last_at_us: number | null;
                        currency: string;
                        seed: number;
                        km_edges: number[];
                        policies: {
                            name: string;
                            version: number;
                            figures: {
                                [key: string]: number | null;
                            };
                            differences: {
                                [key: string]: {
                                    value: number;
                                    low: number;
                                    high: number;
                                } | null;
                            };
                            north: {
                                figures: {
                                    [key: string]: number | null;
                                };
                                differences: {
                                    [key: string]: {
                                        value: number;
                                        low: number;
                                        high: number;
                                    } | null;
                                };
                            };
                            south: {
                                figures: {
                                    [key: string]: number | null;
                                };
                                differences: {
                                    [key: string]: {
                                        value: number;
                                        low: number;
                                        high: number;
                                    } | null;
                                };
                            };
                            km_median: number | null;
                            km_p90: number | null;
                            km_histogram: number[];
                            by_hour: number[];
                            locations_serving: number;
                            locations_emptied: number;
                            shelves_emptied: number;
                            full_hours: number;
                            busiest: number | null;
                            inexact: number;
                            looked_ahead: number;
                            /** @enum {unknown} */
                            service: "less" | "more" | "same";
                        }[];
                        locations: {
                            code: string;
                            name: string;
                            lat: number;
                            lon: number;
                            province: string;
                            north: boolean;
                            orders: number[];
                            units: number[];
                            full_hours: number[];
                            emptied: boolean[];
                        }[];
                        changed: number[];
                        changes: {
                            order: string;
                            at_us: number;
                            kind: string;
                            region: string;
                            cost: number[];
                            unserved: number[];
                            served: {
                                location: string;
                                name: string;
                                units: number;
                                km: number;
                            }[][];
                        }[];
                        real_orders: boolean;
                    };
                };
            };
        };
    };
    cancel_v1_sourcing_simulations__simulation_id__cancel_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        state: "running" | "done" | "failed" | "cancelled";
                        phase: string;
                        share: number;
                        /** Format: date-time */
                        created_at: string;
                        created_by: string;
                        /** Format: date-time */
                        finished_at: string | null;
                        policies: string[];
                        from: string | null;
                        to: string | null;
                        generate: number;
                        seed: number;
                        detail: string | null;
                    };
                };
            };
        };
    };
    rounds_v1_sourcing_rounds_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        today: {
                            /** Format: date-time */
                            since: string;
                            moved: number;
                            saved: number;
                            currency: string;
                        };
                        rounds: {
                            /** Format: uuid */
                            id: string;
                            /** Format: date-time */
                            started_at: string;
                            /** Format: date-time */
                            ended_at: string;
                            looked_at: number;
                            moved: number;
                            saved: number;
                            currency: string;
                        }[];
                    };
                };
            };
        };
    };
    now_v1_sourcing_rounds_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 2000 */
                    orders?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        started_at: string;
                        /** Format: date-time */
                        ended_at: string;
                        looked_at: number;
                        moved: number;
                        saved: number;
                        currency: string;
                    };
                };
            };
        };
    };
    count_v1_stock_counts_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    counts: {
                        location: string;
                        offer: string;
                        on_hand: number;
                        counted_at?: string | null;
                        sequence?: number | null;
                        window?: string | null;
                        /** @default  */
                        lot?: string;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            stock?: components["schemas"]["StockChange"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    adjust_v1_stock_adjustments_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    adjustments: {
                        location: string;
                        offer: string;
                        quantity: number;
                        /**
                         * @default adjust
                         * @enum {unknown}
                         */
                        change?: "adjust" | "announce" | "arrive" | "put_back" | "receive" | "set_aside" | "write_off";
                        window?: string | null;
                        /** @default  */
                        lot?: string;
                        /** @default  */
                        note?: string;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            stock?: components["schemas"]["StockChange"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    transfers_v1_stock_transfers_get: {
        parameters: {
            query?: {
                location?: string | null;
                source?: string | null;
                target?: string | null;
                offer?: string | null;
                state?: string;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        transfers: components["schemas"]["Transfer"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    transfer_v1_stock_transfers_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    source: string;
                    target: string;
                    offer: string;
                    quantity: number;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
        };
    };
    receive_v1_stock_transfers__transfer_id__receive_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                transfer_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    received?: number | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
        };
    };
    orders_v1_orders_csv_get: {
        parameters: {
            query?: {
                rows?: "orders" | "lines";
                heads?: "codes" | "en" | "zh";
                time_zone?: string;
                state?: string | null;
                channel?: string | null;
                location?: string | null;
                placed_from?: string | null;
                placed_to?: string | null;
                text?: string | null;
                unserved?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    work_v1_fulfilment_orders_csv_get: {
        parameters: {
            query?: {
                location?: string | null;
                state?: string;
                heads?: "codes" | "en" | "zh";
                time_zone?: string | null;
                waits_for?: string | null;
                late?: boolean;
                risk?: string | null;
                older_than?: number | null;
                younger_than?: number | null;
                kind?: string | null;
                location_kind?: string | null;
                destination?: string | null;
                placed_from?: string | null;
                updated_from?: string | null;
                promised_from?: string | null;
                promised_to?: string | null;
                kept?: boolean;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    locations_v1_locations_csv_get: {
        parameters: {
            query?: {
                kind?: ("store" | "warehouse" | "partner") | null;
                text?: string | null;
                enabled?: boolean | null;
                heads?: "codes" | "en" | "zh";
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    offers_v1_offers_csv_get: {
        parameters: {
            query?: {
                kind?: ("good" | "service" | "quota") | null;
                text?: string | null;
                enabled?: boolean | null;
                heads?: "codes" | "en" | "zh";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    stock_v1_stock_csv_get: {
        parameters: {
            query?: {
                heads?: "codes" | "en" | "zh";
                location?: string | null;
                offer?: string | null;
                location_kind?: ("store" | "warehouse" | "partner") | null;
                state?: "all" | "out" | "short" | "reserved" | "unavailable" | "incoming" | "available";
                window?: "now" | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    movements_v1_stock_movements_csv_get: {
        parameters: {
            query?: {
                heads?: "codes" | "en" | "zh";
                time_zone?: string;
                location?: string | null;
                offer?: string | null;
                window?: string | null;
                lot?: string | null;
                counter?: ("on_hand" | "reserved" | "unavailable" | "incoming" | "available") | null;
                reason?: string[] | null;
                actor?: string | null;
                subject?: string | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    exceptions_v1_stock_exceptions_csv_get: {
        parameters: {
            query?: {
                location?: string | null;
                offer?: string | null;
                state?: string;
                mine?: boolean | null;
                assignee?: string | null;
                assigned?: boolean | null;
                overdue?: boolean | null;
                heads?: "codes" | "en" | "zh";
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    stock_v1_stock_get: {
        parameters: {
            query?: {
                sort?: "location" | "on_hand" | "-on_hand" | "reserved" | "-reserved" | "unavailable" | "-unavailable" | "incoming" | "-incoming" | "available" | "-available";
                limit?: number;
                cursor?: string | null;
                location?: string | null;
                offer?: string | null;
                location_kind?: ("store" | "warehouse" | "partner") | null;
                state?: "all" | "out" | "short" | "reserved" | "unavailable" | "incoming" | "available";
                window?: "now" | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stock: components["schemas"]["Bucket"][];
                        sums: {
                            buckets: number;
                            on_hand: number;
                            reserved: number;
                            unavailable: number;
                            incoming: number;
                            available: number;
                            out: number;
                            short: number;
                        };
                        sequence: number;
                        next: string | null;
                    };
                };
            };
        };
    };
    totals_v1_stock_totals_get: {
        parameters: {
            query?: {
                by?: "location" | "offer" | "region";
                sort?: "location" | "on_hand" | "-on_hand" | "reserved" | "-reserved" | "unavailable" | "-unavailable" | "incoming" | "-incoming" | "available" | "-available";
                limit?: number;
                cursor?: string | null;
                only?: string[] | null;
                location?: string | null;
                offer?: string | null;
                location_kind?: ("store" | "warehouse" | "partner") | null;
                state?: "all" | "out" | "short" | "reserved" | "unavailable" | "incoming" | "available";
                window?: "now" | null;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        by: "location" | "offer" | "region";
                        totals: components["schemas"]["StockTotal"][];
                        sums: {
                            buckets: number;
                            on_hand: number;
                            reserved: number;
                            unavailable: number;
                            incoming: number;
                            available: number;
                            out: number;
                            short: number;
                        };
                        next: string | null;
                    };
                };
            };
        };
    };
    movements_v1_stock_movements_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                location?: string | null;
                offer?: string | null;
                window?: string | null;
                lot?: string | null;
                counter?: ("on_hand" | "reserved" | "unavailable" | "incoming" | "available") | null;
                reason?: string[] | null;
                actor?: string | null;
                subject?: string | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stock: {
                            on_hand: number;
                            reserved: number;
                            unavailable: number;
                            incoming: number;
                            available: number;
                        };
                        sequence: number;
                        movements: components["schemas"]["Movement"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    claims_v1_stock_claims_get: {
        parameters: {
            query: {
                location: string;
                offer: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        claims: components["schemas"]["StockClaim"][];
                        count: number;
                    };
                };
            };
        };
    };
    exceptions_v1_stock_exceptions_get: {
        parameters: {
            query?: {
                location?: string | null;
                offer?: string | null;
                state?: string;
                mine?: boolean | null;
                assignee?: string | null;
                assigned?: boolean | null;
                overdue?: boolean | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        exceptions: components["schemas"]["StockException"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    exception_v1_stock_exceptions__id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {unknown} */
                        state: "open" | "closed";
                        location: string;
                        location_name: string;
                        offer: string;
                        offer_name: string;
                        /** Format: date-time */
                        window: string | null;
                        lot: string;
                        on_hand: number;
                        reserved: number;
                        unavailable: number;
                        incoming: number;
                        available: number;
                        missing: number;
                        missing_at_first: number;
                        /** Format: date-time */
                        opened_at: string;
                        opened_by: string;
                        opened_by_name: string | null;
                        /** Format: date-time */
                        closed_at: string | null;
                        closed_by: string | null;
                        closed_by_name: string | null;
                        assignee: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        } | null;
                        /** Format: date-time */
                        due_at: string;
                        due_at_given: boolean;
                        overdue: boolean;
                        note: string;
                        revision: number;
                        history: {
                            revision: number;
                            /** Format: date-time */
                            at: string;
                            actor: string;
                            actor_name: string | null;
                            assignee: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            /** Format: date-time */
                            due_at: string | null;
                            note: string;
                        }[];
                    };
                };
            };
        };
    };
    look_after_v1_stock_exceptions__id__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    assignee?: string | null;
                    due_at?: string | null;
                    note?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {unknown} */
                        state: "open" | "closed";
                        location: string;
                        location_name: string;
                        offer: string;
                        offer_name: string;
                        /** Format: date-time */
                        window: string | null;
                        lot: string;
                        on_hand: number;
                        reserved: number;
                        unavailable: number;
                        incoming: number;
                        available: number;
                        missing: number;
                        missing_at_first: number;
                        /** Format: date-time */
                        opened_at: string;
                        opened_by: string;
                        opened_by_name: string | null;
                        /** Format: date-time */
                        closed_at: string | null;
                        closed_by: string | null;
                        closed_by_name: string | null;
                        assignee: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        } | null;
                        /** Format: date-time */
                        due_at: string;
                        due_at_given: boolean;
                        overdue: boolean;
                        note: string;
                        revision: number;
                        history: {
                            revision: number;
                            /** Format: date-time */
                            at: string;
                            actor: string;
                            actor_name: string | null;
                            assignee: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            /** Format: date-time */
                            due_at: string | null;
                            note: string;
                        }[];
                    };
                };
            };
        };
    };
    transfer_v1_stock_transfers__transfer_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transfer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
        };
    };
    search_v1_orders_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                state?: string | null;
                channel?: string | null;
                location?: string | null;
                placed_from?: string | null;
                placed_to?: string | null;
                text?: string | null;
                unserved?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        orders: components["schemas"]["Order"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    post_v1_orders: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    channel: "agent" | "app" | "marketplace" | "mini_program" | "till" | "web";
                    channel_order_id: string;
                    lines: {
                        offer: string;
                        quantity: number;
                        /** @default null */
                        unit_price?: number | null;
                        /** @default [] */
                        discounts?: {
                            amount: number;
                            /**
                             * @default brand
                             * @enum {unknown}
                             */
                            funder?: "brand" | "channel" | "partner" | "store" | "supplier";
                            /** @default  */
                            code?: string;
                        }[];
                        /** @default 0 */
                        tax?: number;
                        /** @default null */
                        window?: string | null;
                        /** @default false */
                        substitutes?: boolean;
                    }[];
                    /** @default null */
                    deliver_to?: {
                        lat: number;
                        lon: number;
                        /** @default  */
                        region?: string;
                        /** @default  */
                        address?: string;
                        /** @default  */
                        name?: string;
                        /** @default  */
                        phone?: string;
                    } | null;
                    /**
                     * @default ship
                     * @enum {unknown}
                     */
                    delivery?: "same_day" | "ship";
                    /** @default null */
                    pick_up_at?: string | null;
                    /** @default null */
                    sold_at?: string | null;
                    /** @default CNY */
                    currency?: string;
                    /** @default null */
                    delivery_fee?: number | null;
                    /** @default true */
                    tax_included?: boolean;
                    /** @default null */
                    buyer?: {
                        /** @default  */
                        name?: string;
                        /** @default  */
                        phone?: string;
                        /** @default  */
                        email?: string;
                        /** @default  */
                        member?: string;
                        /** @default  */
                        app_id?: string;
                        /** @default  */
                        open_id?: string;
                        /** @default  */
                        union_id?: string;
                    } | null;
                    /** @default null */
                    payment?: {
                        reference: string;
                        /** @default 0 */
                        authorised?: number;
                        /** @default 0 */
                        captured?: number;
                        /** @default  */
                        method?: string;
                    } | null;
                    /** @default null */
                    unpaid_ttl_s?: number | null;
                    /** @default null */
                    reservation?: string | null;
                    /** @default false */
                    gift?: boolean | {
                        /** @default  */
                        message?: string;
                        /** @default false */
                        wrap?: boolean;
                        /** @default true */
                        hide_prices?: boolean;
                    };
                    /** @default  */
                    notes?: string;
                    /** @default false */
                    backfill?: boolean;
                    /** @default null */
                    placed_at?: string | null;
                    /** @default null */
                    state?: ("cancelled" | "completed") | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
        };
    };
    count_v1_orders_count_get: {
        parameters: {
            query?: {
                state?: string | null;
                channel?: string | null;
                location?: string | null;
                placed_from?: string | null;
                placed_to?: string | null;
                text?: string | null;
                unserved?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
        };
    };
    get_v1_orders__order_id__get: {
        parameters: {
            query?: {
                include?: "names" | null;
            };
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {unknown} */
                        channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
                        channel_order_id: string;
                        /** @enum {unknown} */
                        state: "placed" | "approved" | "completed" | "cancelled";
                        revision: number;
                        /** Format: date-time */
                        placed_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        currency: string;
                        total: number;
                        delivery_fee: number;
                        tax_included: boolean;
                        lines: {
                            line: number;
                            offer: string;
                            /** @enum {unknown} */
                            state: "placed" | "approved" | "completed" | "cancelled";
                            ordered: number;
                            allocated: number;
                            unallocated: number;
                            picked: number;
                            shipped: number;
                            returned: number;
                            cancelled: number;
                            unit_price: number;
                            discounts: {
                                amount: number;
                                /** @enum {unknown} */
                                funder: "brand" | "store" | "channel" | "partner" | "supplier";
                                code: string;
                            }[];
                            tax: number;
                            amount: number;
                            substitutes: boolean;
                            serials: string[];
                            /** Format: date-time */
                            window?: string;
                            substitute_for?: number;
                            kit?: string;
                            scale?: number;
                        }[];
                        fulfilment_orders: components["schemas"]["FulfilmentOrder"][];
                        paid: {
                            authorised: number;
                            captured: number;
                            refunded: number;
                        };
                        payments: {
                            kind: string;
                            amount: number;
                            reference: string;
                            method: string;
                            /** Format: date-time */
                            at: string;
                        }[];
                        returns: components["schemas"]["Return"][];
                        backfilled: boolean;
                        policy_version: number;
                        history: {
                            kind: string;
                            /** Format: date-time */
                            at: string;
                            actor: string;
                            number: number | null;
                        }[];
                        deliver_to?: {
                            region: string;
                            lat?: number;
                            lon?: number;
                            address?: string;
                            name?: string;
                            phone?: string;
                        };
                        pick_up_at?: string;
                        sold_at?: string;
                        /** Format: date-time */
                        unpaid_until?: string;
                        gift?: Record<string, never>;
                        buyer?: Record<string, never>;
                        notes?: string;
                        offers?: components["schemas"]["Article"][];
                        locations?: {
                            code: string;
                            name: string;
                            /** @enum {unknown} */
                            kind: "store" | "warehouse" | "partner";
                            lat: number;
                            lon: number;
                            time_zone: string;
                        }[];
                        actors?: {
                            [key: string]: string;
                        };
                    };
                };
            };
        };
    };
    edit_v1_orders__order_id__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    lines?: {
                        line: number;
                        quantity: number;
                    }[];
                    deliver_to?: {
                        lat: number;
                        lon: number;
                        /** @default  */
                        region?: string;
                        /** @default  */
                        address?: string;
                        /** @default  */
                        name?: string;
                        /** @default  */
                        phone?: string;
                    } | null;
                    pick_up_at?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
        };
    };
    decision_v1_orders__order_id__decision_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decisions"];
                };
            };
        };
    };
    cancel_v1_orders__order_id__cancel_post: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    reason?: string;
                    /** @default [] */
                    lines?: {
                        line: number;
                        quantity: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
        };
    };
    pay_v1_orders__order_id__payments_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    kind: "authorised" | "captured" | "paid" | "refunded";
                    amount: number;
                    reference: string;
                    /** @default  */
                    method?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
        };
    };
    work_v1_fulfilment_orders_get: {
        parameters: {
            query?: {
                location?: string | null;
                state?: string;
                limit?: number;
                cursor?: string | null;
                include?: "offers" | null;
                waits_for?: string | null;
                late?: boolean;
                risk?: string | null;
                older_than?: number | null;
                younger_than?: number | null;
                kind?: string | null;
                location_kind?: string | null;
                destination?: string | null;
                placed_from?: string | null;
                updated_from?: string | null;
                promised_from?: string | null;
                promised_to?: string | null;
                kept?: boolean;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_orders: components["schemas"]["FulfilmentOrder"][];
                        next_cursor: string | null;
                        offers?: components["schemas"]["Article"][];
                    };
                };
            };
        };
    };
    count_v1_fulfilment_orders_count_get: {
        parameters: {
            query?: {
                location?: string | null;
                state?: string;
                waits_for?: string | null;
                late?: boolean;
                risk?: string | null;
                older_than?: number | null;
                younger_than?: number | null;
                kind?: string | null;
                location_kind?: string | null;
                destination?: string | null;
                placed_from?: string | null;
                updated_from?: string | null;
                promised_from?: string | null;
                promised_to?: string | null;
                kept?: boolean;
                group?: string | null;
                capability?: ("ship" | "same_day" | "pick_up" | "returns" | "fitting" | "alterations" | "repair" | "installation" | "click_and_reserve" | "lockers") | null;
                partner?: string | null;
                region?: string | null;
                within?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                        units: number;
                    };
                };
            };
        };
    };
    choices_v1_fulfilment_orders_choices_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reject_reasons: {
                            code: string;
                            text: string;
                            units_stay_for_sale: boolean;
                        }[];
                        carriers: {
                            code: string;
                            name: string;
                        }[];
                    };
                };
            };
        };
    };
    get_v1_fulfilment_orders__fulfilment_id__get: {
        parameters: {
            query?: {
                include?: "offers" | null;
            };
            header?: never;
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** Format: uuid */
                        order: string;
                        /** @enum {unknown} */
                        channel: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
                        channel_order_id: string;
                        location: string;
                        /** @enum {unknown} */
                        kind: "ship" | "same_day" | "pick_up";
                        /** @enum {unknown} */
                        state: "open" | "in_progress" | "on_hold" | "closed" | "cancelled" | "rejected";
                        stage: string;
                        possible: string[];
                        lines: {
                            line: number;
                            offer: string;
                            quantity: number;
                            picked: number;
                            short: number;
                            withdrawn: number;
                            shipped: number;
                            serials: string[];
                        }[];
                        /** Format: date-time */
                        promised_from: string | null;
                        /** Format: date-time */
                        promised_to: string | null;
                        /** Format: date-time */
                        collect_by: string | null;
                        carrier: string | null;
                        packages: {
                            carrier: string;
                            tracking: string;
                            lines: {
                                line: number;
                                quantity: number;
                            }[];
                            /** Format: date-time */
                            shipped_at: string;
                            /** Format: date-time */
                            delivered_at: string | null;
                        }[];
                        reject_reason: string | null;
                        hold_reason: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        history: {
                            kind: string;
                            /** Format: date-time */
                            at: string;
                            actor: string;
                        }[];
                        offers?: components["schemas"]["Article"][];
                    };
                };
            };
        };
    };
    label_v1_fulfilment_orders__fulfilment_id__label_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"];
                };
            };
        };
    };
    code_v1_fulfilment_orders__fulfilment_id__code_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string | null;
                    };
                };
            };
        };
    };
    re_route_v1_fulfilment_orders__fulfilment_id__re_route_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    reason?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    accept_v1_fulfilment_orders__fulfilment_id__accept_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    reject_v1_fulfilment_orders__fulfilment_id__reject_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @default [] */
                    lines?: {
                        line: number;
                        quantity: number;
                    }[];
                    /** @default  */
                    note?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    pick_v1_fulfilment_orders__fulfilment_id__pick_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    lines?: {
                        line: number;
                        /** @default 0 */
                        quantity?: number;
                        /** @default 0 */
                        short?: number;
                        /** @default [] */
                        serials?: string[];
                        substitute?: {
                            offer: string;
                            quantity: number;
                            /** @default [] */
                            serials?: string[];
                        } | null;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    pack_v1_fulfilment_orders__fulfilment_id__pack_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 1 */
                    boxes?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    ship_v1_fulfilment_orders__fulfilment_id__ship_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    carrier?: string;
                    /** @default  */
                    tracking?: string;
                    /** @default [] */
                    lines?: {
                        line: number;
                        quantity: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    deliver_v1_fulfilment_orders__fulfilment_id__deliver_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    tracking?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    ready_v1_fulfilment_orders__fulfilment_id__ready_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    collect_by?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    renew_code_v1_fulfilment_orders__fulfilment_id__renew_code_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    hand_over_v1_fulfilment_orders__fulfilment_id__hand_over_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    expire_v1_fulfilment_orders__fulfilment_id__expire_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    close_v1_fulfilment_orders__fulfilment_id__close_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    hold_v1_fulfilment_orders__fulfilment_id__hold_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    reason?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    unhold_v1_fulfilment_orders__fulfilment_id__unhold_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                fulfilment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fulfilment_order: components["schemas"]["FulfilmentOrder"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    scan_v1_scan_get: {
        parameters: {
            query: {
                code: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        matches: {
                            /** @enum {unknown} */
                            kind: "fulfilment_order" | "order" | "offer" | "serial";
                            fulfilment_order?: string;
                            /** Format: uuid */
                            order?: string;
                            /** @enum {unknown} */
                            state?: "open" | "in_progress" | "on_hold" | "closed" | "cancelled" | "rejected";
                            pick_up_code?: string | null;
                            /** @enum {unknown} */
                            channel?: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
                            channel_order_id?: string;
                            lines?: {
                                line: number;
                                offer: string;
                                shipped: number;
                                returnable: number;
                            }[];
                            offers?: components["schemas"]["Article"][];
                            returns?: components["schemas"]["Return"][];
                            offer?: components["schemas"]["Article"];
                            serial?: string;
                            line?: number;
                        }[];
                    };
                };
            };
        };
    };
    request_return_v1_returns_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    order: string;
                    location: string;
                    lines: {
                        line: number;
                        quantity: number;
                        /** @default  */
                        reason?: string;
                    }[];
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    take_at_counter_v1_returns_at_counter_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    order: string;
                    location: string;
                    lines: {
                        line: number;
                        /** @default 0 */
                        restocked?: number;
                        /** @default 0 */
                        written_off?: number;
                        /** @default  */
                        reason?: string;
                    }[];
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    accept_v1_returns__order_id___number__accept_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    lines?: {
                        line: number;
                        /** @default 0 */
                        restocked?: number;
                        /** @default 0 */
                        written_off?: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    reject_v1_returns__order_id___number__reject_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    receive_v1_returns__order_id___number__receive_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    lines?: {
                        line: number;
                        /** @default 0 */
                        restocked?: number;
                        /** @default 0 */
                        written_off?: number;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    complete_v1_returns__order_id___number__complete_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 0 */
                    refunded?: number;
                    /** @default  */
                    reference?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        return: components["schemas"]["Return"];
                        order: components["schemas"]["Order"];
                    };
                };
            };
        };
    };
    link_v1_orders__order_id__link_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 60 */
                    days?: number;
                    /** @default true */
                    show_code?: boolean;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string;
                        token: string;
                        /** Format: date-time */
                        expires_at: string;
                        shows_code: boolean;
                    };
                };
            };
        };
    };
    track_v1_track__token__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tracking"];
                };
            };
        };
    };
    find_v1_search_get: {
        parameters: {
            query: {
                q: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        query: string;
                        results: components["schemas"]["Found"][];
                    };
                };
            };
        };
    };
    views_v1_views_get: {
        parameters: {
            query?: {
                page?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        views: components["schemas"]["SavedView"][];
                    };
                };
            };
        };
    };
    save_v1_views_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    page: string;
                    /** @default  */
                    query?: string;
                    /** @default false */
                    shared?: boolean;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
        };
    };
    view_v1_views__view_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
        };
    };
    delete_v1_views__view_id__delete: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_v1_views__view_id__patch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                view_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string | null;
                    query?: string | null;
                    shared?: boolean | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
        };
    };
    board_v1_board_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    stream_v1_board_stream_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    sold_out_v1_board_sold_out_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoldOut"];
                };
            };
        };
    };
    list_webhooks_v1_webhooks_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhooks: components["schemas"]["Webhook"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_webhooks_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url: string;
                    events?: string[];
                    location?: string | null;
                    /** @default  */
                    description?: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    get_v1_webhooks__webhook_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    delete_v1_webhooks__webhook_id__delete: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_v1_webhooks__webhook_id__patch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url?: string;
                    events?: string[];
                    description?: string;
                    /** @enum {unknown} */
                    state?: "active" | "paused";
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    send_test_v1_webhooks__webhook_id__test_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        event_id: string;
                    };
                };
            };
        };
    };
    replay_v1_webhooks__webhook_id__replay_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sequence?: number | null;
                    partition?: number | null;
                    since?: string | null;
                    event_id?: string | null;
                    undelivered?: true | null;
                };
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    deliveries_v1_webhooks__webhook_id__deliveries_get: {
        parameters: {
            query?: {
                state?: ("pending" | "delivered" | "failed") | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["Delivery"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    rotate_secret_v1_webhooks__webhook_id__rotate_secret_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 24 */
                    overlap_hours?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    list_keys_v1_keys_get: {
        parameters: {
            query?: {
                location?: string | null;
                brand?: string | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["Key"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_keys_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    scopes?: ("audit:read" | "availability:read" | "brands:read" | "brands:write" | "consents:write" | "events:write" | "fulfilment:read" | "fulfilment:write" | "keys:read" | "keys:write" | "locations:read" | "locations:write" | "members:read" | "members:recognise" | "members:write" | "offers:read" | "offers:write" | "orders:read" | "orders:write" | "people:read" | "people:write" | "policies:read" | "policies:write" | "reservations:read" | "reservations:write" | "returns:read" | "returns:write" | "stock:read" | "stock:write" | "stream:read" | "webhooks:read" | "webhooks:write")[] | null;
                    location?: string | null;
                    /** Format: date-time */
                    expires_at?: string | null;
                    brand?: string | null;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        brand: string;
                        name: string;
                        scopes: string[];
                        location: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        expires_at: string | null;
                        /** Format: date-time */
                        revoked_at: string | null;
                        token: string;
                    };
                };
            };
        };
    };
    get_v1_keys__key_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        brand: string;
                        name: string;
                        scopes: string[];
                        location: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        expires_at: string | null;
                        /** Format: date-time */
                        revoked_at: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    revoke_v1_keys__key_id__delete: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_people_v1_people_get: {
        parameters: {
            query?: {
                role?: ("platform_operator" | "brand_operations" | "brand_marketing" | "planner" | "analyst" | "store_associate" | "partner") | null;
                enabled?: boolean | null;
                text?: string | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: components["schemas"]["Person"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_people_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    login: string;
                    name: string;
                    /** @enum {unknown} */
                    role: "platform_operator" | "brand_operations" | "brand_marketing" | "planner" | "analyst" | "store_associate" | "partner";
                    locations?: string[];
                    password?: string;
                    /** @default true */
                    enabled?: boolean;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
        };
    };
    get_v1_people__person_id__get: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
        };
    };
    change_v1_people__person_id__patch: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string | null;
                "Idempotency-Key"?: string;
            };
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {unknown} */
                    role?: "platform_operator" | "brand_operations" | "brand_marketing" | "planner" | "analyst" | "store_associate" | "partner";
                    locations?: string[];
                    password?: string;
                    /** @default true */
                    enabled?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
        };
    };
    entries_v1_audit_get: {
        parameters: {
            query?: {
                person?: string | null;
                from?: string | null;
                to?: string | null;
                text?: string | null;
                refused?: boolean | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        audit: components["schemas"]["AuditEntry"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    me_v1_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    act_at_v1_me_location_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    location: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    act_for_v1_me_brand_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    brand: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    change_password_v1_me_password_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current: string;
                    password: string;
                };
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_brands_v1_brands_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        brands: components["schemas"]["Brand"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    consent_v1_consents_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identifier: {
                        /** @enum {unknown} */
                        type: "account" | "alipay" | "card" | "device" | "email" | "phone" | "wechat";
                        value: string;
                        application?: string | null;
                    };
                    purposes: {
                        [key: string]: boolean;
                    };
                    version: string;
                    channel: string;
                    proof: string;
                    at?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        counts: {
                            [key: string]: boolean;
                        };
                    };
                };
            };
        };
    };
    link_v1_members_links_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    one: {
                        /** @enum {unknown} */
                        type: "account" | "card";
                        value: string;
                    };
                    other: {
                        /** @enum {unknown} */
                        type: "account" | "card";
                        value: string;
                    };
                    reason: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        one_person: boolean;
                    };
                };
            };
        };
    };
    part_v1_members_partings_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    one: {
                        /** @enum {unknown} */
                        type: "account" | "card";
                        value: string;
                    };
                    other: {
                        /** @enum {unknown} */
                        type: "account" | "card";
                        value: string;
                    };
                    reason: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        one_person: boolean;
                    };
                };
            };
        };
    };
    look_v1_members__kind___value__get: {
        parameters: {
            query?: {
                most?: number;
            };
            header?: never;
            path: {
                kind: "account" | "card";
                value: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identifiers: {
                            type: string;
                            value: string | null;
                        }[];
                        evidence: {
                            one: number;
                            other: number;
                            rules: ("identified" | "signed_in" | "aliased" | "bought" | "bound" | "said_by_human" | "likely" | "same_device" | "on_file")[];
                            /** @enum {unknown} */
                            verdict: null | "nothing" | "joined" | "blocked" | "shared" | "weak" | "limit" | "names" | "consent" | "apart";
                        }[];
                        consents: {
                            identifier: number;
                            purpose: string;
                            granted: boolean;
                            version: string;
                            channel: string;
                            proof: string;
                            /** Format: date-time */
                            at: string;
                        }[];
                        may: {
                            [key: string]: boolean;
                        };
                        timeline: {
                            identifier: number;
                            name: string;
                            /** Format: date-time */
                            at: string;
                            /** Format: date-time */
                            heard_at: string;
                            actor: string;
                        }[];
                    };
                };
            };
        };
    };
    export_v1_members__kind___value__export_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: "account" | "card";
                value: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identifiers: {
                            type: string;
                            value: string | null;
                        }[];
                        evidence: {
                            one: number;
                            other: number;
                            rules: ("identified" | "signed_in" | "aliased" | "bought" | "bound" | "said_by_human" | "likely" | "same_device" | "on_file")[];
                            /** @enum {unknown} */
                            verdict: null | "nothing" | "joined" | "blocked" | "shared" | "weak" | "limit" | "names" | "consent" | "apart";
                        }[];
                        consents: {
                            identifier: number;
                            purpose: string;
                            granted: boolean;
                            version: string;
                            channel: string;
                            proof: string;
                            /** Format: date-time */
                            at: string;
                        }[];
                        may: {
                            [key: string]: boolean;
                        };
                        timeline: {
                            identifier: number;
                            name: string;
                            /** Format: date-time */
                            at: string;
                            /** Format: date-time */
                            heard_at: string;
                            actor: string;
                        }[];
                    };
                };
            };
        };
    };
    erase_v1_erasures_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    type: "account" | "card";
                    value: string;
                    reason: string;
                };
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        asked_at: string;
                        identifiers: number;
                        pairs: number;
                        facts: number;
                        lake_files: number | null;
                        lake_facts: number | null;
                        found_after: number | null;
                        /** Format: date-time */
                        done_at: string | null;
                    };
                };
            };
        };
    };
    erasure_v1_erasures__erasure_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                erasure_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        asked_at: string;
                        identifiers: number;
                        pairs: number;
                        facts: number;
                        lake_files: number | null;
                        lake_facts: number | null;
                        found_after: number | null;
                        /** Format: date-time */
                        done_at: string | null;
                    };
                };
            };
        };
    };
    list_accounts_v1_payment_accounts_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment_accounts: components["schemas"]["PaymentAccount"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_v1_payment_accounts_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    provider: "alipay";
                    app_id: string;
                    public_key: string;
                } | {
                    /** @constant */
                    provider: "wechat_pay";
                    mchid: string;
                    appids: string[];
                    api_v3_key: string;
                    platform_keys: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentAccount"];
                };
            };
        };
    };
    delete_v1_payment_accounts__account_id__delete: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    from_alipay_v1_notifications_alipay_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    app_id: string;
                    sign: string;
                    /** @constant */
                    sign_type: "RSA2";
                } & {
                    [key: string]: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "success" | "failure";
                };
            };
        };
    };
    from_wechat_pay_v1_notifications_wechat_pay_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    event_type: string;
                    resource: Record<string, never>;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        code: "SUCCESS" | "FAIL";
                        message: string;
                    };
                };
            };
        };
    };
    alive_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    ready_readyz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    stream_v1_stream_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    figures_status_json_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        /** Format: date-time */
                        at: string;
                        figures: {
                            [key: string]: number | null;
                        };
                        latest: {
                            name: string;
                            /** Format: date-time */
                            at: string;
                            times: number;
                        }[];
                    };
                };
            };
        };
    };
    post_v1_batch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    batch: unknown[];
                    /** @default null */
                    sentAt?: string | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_identify: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_track: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_page: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_screen: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_group: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_alias: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    messageId?: string | null;
                    /** @default null */
                    userId?: string | number | null;
                    /** @default null */
                    anonymousId?: string | number | null;
                    /** @default null */
                    writeKey?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        accepted?: number;
                        rejected?: {
                            index: number;
                            errors: Record<string, never>[];
                        }[];
                    };
                };
            };
        };
    };
    post_v1_recognitions: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identifiers: {
                        /** @enum {unknown} */
                        type: "account" | "alipay" | "card" | "device" | "email" | "phone" | "wechat";
                        value: string;
                        /** @default null */
                        application?: string | null;
                    }[];
                    /** @default  */
                    location?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recognised: boolean;
                        member?: {
                            accounts?: string[];
                            cards?: string[];
                        };
                        consent?: Record<string, never> | null;
                        may?: ("see_member" | "personalise")[];
                    };
                };
            };
        };
    };
    post_v1_reservations: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    lines: {
                        location: string;
                        offer: string;
                        quantity: number;
                        /** @default null */
                        window?: string | null;
                        /** @default  */
                        lot?: string;
                    }[];
                    /** @default null */
                    cart?: string | null;
                    /** @default null */
                    ttl_s?: number | null;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    post_v1_reservations_batch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reservations: {
                        lines: {
                            location: string;
                            offer: string;
                            quantity: number;
                            /** @default null */
                            window?: string | null;
                            /** @default  */
                            lot?: string;
                        }[];
                        /** @default null */
                        cart?: string | null;
                        /** @default null */
                        ttl_s?: number | null;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            reservation?: components["schemas"]["Reservation"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    get_v1_reservations_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    post_v1_reservations_id_confirm: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    post_v1_reservations_id_release: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    post_v1_orders_batch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    orders: {
                        /** @enum {unknown} */
                        channel: "agent" | "app" | "marketplace" | "mini_program" | "till" | "web";
                        channel_order_id: string;
                        lines: {
                            offer: string;
                            quantity: number;
                            /** @default null */
                            unit_price?: number | null;
                            /** @default [] */
                            discounts?: {
                                amount: number;
                                /**
                                 * @default brand
                                 * @enum {unknown}
                                 */
                                funder?: "brand" | "channel" | "partner" | "store" | "supplier";
                                /** @default  */
                                code?: string;
                            }[];
                            /** @default 0 */
                            tax?: number;
                            /** @default null */
                            window?: string | null;
                            /** @default false */
                            substitutes?: boolean;
                        }[];
                        /** @default null */
                        deliver_to?: {
                            lat: number;
                            lon: number;
                            /** @default  */
                            region?: string;
                            /** @default  */
                            address?: string;
                            /** @default  */
                            name?: string;
                            /** @default  */
                            phone?: string;
                        } | null;
                        /**
                         * @default ship
                         * @enum {unknown}
                         */
                        delivery?: "same_day" | "ship";
                        /** @default null */
                        pick_up_at?: string | null;
                        /** @default null */
                        sold_at?: string | null;
                        /** @default CNY */
                        currency?: string;
                        /** @default null */
                        delivery_fee?: number | null;
                        /** @default true */
                        tax_included?: boolean;
                        /** @default null */
                        buyer?: {
                            /** @default  */
                            name?: string;
                            /** @default  */
                            phone?: string;
                            /** @default  */
                            email?: string;
                            /** @default  */
                            member?: string;
                            /** @default  */
                            app_id?: string;
                            /** @default  */
                            open_id?: string;
                            /** @default  */
                            union_id?: string;
                        } | null;
                        /** @default null */
                        payment?: {
                            reference: string;
                            /** @default 0 */
                            authorised?: number;
                            /** @default 0 */
                            captured?: number;
                            /** @default  */
                            method?: string;
                        } | null;
                        /** @default null */
                        unpaid_ttl_s?: number | null;
                        /** @default null */
                        reservation?: string | null;
                        /** @default false */
                        gift?: boolean | {
                            /** @default  */
                            message?: string;
                            /** @default false */
                            wrap?: boolean;
                            /** @default true */
                            hide_prices?: boolean;
                        };
                        /** @default  */
                        notes?: string;
                        /** @default false */
                        backfill?: boolean;
                        /** @default null */
                        placed_at?: string | null;
                        /** @default null */
                        state?: ("cancelled" | "completed") | null;
                    }[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            status: number;
                            order?: components["schemas"]["Order"];
                            problem?: components["schemas"]["Problem"];
                        }[];
                    };
                };
            };
        };
    };
    get_v1_availability: {
        parameters: {
            query: {
                offer: string;
                quantity?: number;
                lat: number;
                lon: number;
                region?: string;
                channel?: "web" | "app" | "mini_program" | "till" | "marketplace" | "agent";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
        };
    };
}
