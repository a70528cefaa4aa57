package main

// Whose data somebody sees is decided by the company in the token, never by what a request asks for.

type order struct {
	Number string `json:"number"`
	Item   string `json:"item"`
	State  string `json:"state"`
	Cents  int    `json:"cents"`
}

type invoice struct {
	Number string `json:"number"`
	Order  string `json:"order"`
	Due    string `json:"due"`
	Cents  int    `json:"cents"`
}

type colleague struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"`
}

func orders(company string) any {
	return of(company, map[string][]order{
		"acme":   {{"A-1041", "40 crates of bolts", "on its way", 128_000}, {"A-1042", "2 drums of oil", "accepted", 39_900}},
		"globex": {{"G-2207", "12 rolls of cable", "delivered", 87_450}},
	})
}

func invoices(company string) any {
	return of(company, map[string][]invoice{
		"acme":   {{"R-5501", "A-1041", "2026-12-15", 152_320}},
		"globex": {{"R-5502", "G-2207", "2026-12-01", 104_066}},
	})
}

func team(company string) any {
	return of(company, map[string][]colleague{
		"acme":   {{"Ada Adler", "ada@acme.example", "admin"}, {"Ben Baker", "ben@acme.example", "buyer"}},
		"globex": {{"Cleo Costa", "cleo@globex.example", "viewer"}},
	})
}

func bank(company string) any {
	return map[string]string{"holder": "Partner " + company, "iban": "DE02 1203 0000 0000 2020 51", "bic": "BYLADEM1001"}
}

func of[T any](company string, all map[string][]T) []T {
	if rows, known := all[company]; known {
		return rows
	}
	return []T{}
}
