/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The look at tables that a batch is made of, of either format. */

#include <errno.h>
#include <stdlib.h>

#include "chain_walk.h"
#include "prove_no_copies.h"

int
main(void)
{
	struct vc_desc_table table = { .count = any_in(1, COUNT), .first = ANY(struct vc_desc) };
	struct vc_desc d[4];

	table.desc = malloc(table.count * sizeof(struct vring_desc));
	ASSUME(table.desc != NULL);
	if (ANY(bool))
		vc_desc_table_read_four(&table, d);
	else
		vc_desc_table_read_four_packed(&table, d);
	return 0;
}
