/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <sys/epoll.h>

#include "fuzz_control.h"
#include "fuzz_memory.h"
#include "event_loop.h"

static int epoll_fd = -1;

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags);
int __wrap_rte_ctrl_thread_create(void);
int __wrap_rte_thread_create_control(void);

int
__wrap_epoll_create1(int flags)
{
	epoll_fd = __real_epoll_create1(flags);
	return epoll_fd;
}

int
__wrap_rte_ctrl_thread_create(void)
{
	return 0;
}

int
__wrap_rte_thread_create_control(void)
{
	return 0;
}

bool
fuzz_control_run(void)
{
	struct epoll_event ev = { 0 };
	bool ready = epoll_wait(epoll_fd, &ev, 1, 0) > 0;
	struct vc_source *source = ev.data.ptr;

	vc_loop_lock();
	fuzz_turn();
	if (ready)
		source->ready(source, ev.events);
	ready |= vc_task_run_first();
	fuzz_turn_end();
	vc_loop_unlock();
	return ready;
}
