# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Checks of what a front-end says, and bounds of its work, each with a form that lacks it."""

HOST = 'lib/vhost/'
PROXY = HOST + 'vhost_user/'

# What a front-end can do without it, and the edits: a file, the text as it stands there, and what
# stands there instead. Where two checks do the same work, both are taken out.
BOUNDARY = [
    ('used_ring_beyond_its_region', [
        (HOST + 'memory/guest_mem.c', 'off < r->size && len <= r->size - off', 'off < r->size')]),
    ('data_beyond_its_region', [
        (HOST + 'memory/guest_mem.c', 'if (*len > r->size - off)', 'if (0)')]),
    ('ring_larger_than_what_is_checked', [
        (HOST + 'virtqueue/ring.c', 'used_bytes(ring->size, packed)', 'used_bytes(1, packed)')]),
    ('descriptors_beyond_their_region', [
        (HOST + 'virtqueue/ring.c', 'ring->size * (uint64_t)sizeof(struct vring_desc)',
         'sizeof(struct vring_desc)')]),
    ('log_offset_added_twice', [
        (HOST + 'memory/file_map.c', '.data = (uint8_t *)addr + (offset - start)',
         '.data = (uint8_t *)addr + (offset - start) + offset')]),
    ('log_shorter_than_memory', [
        (HOST + 'virtqueue/dirty.h', ' && page / 8 < log->len', '')]),
    ('call_into_a_broken_pipe', [
        (PROXY + 'vhost_user_vring.c', 'has_fd && !vc_fd_is_eventfd(request->fds[0])', '0')]),
    ('call_that_blocks', [
        (HOST + 'virtqueue/call.c',
         'if (c == NULL || c->ctx == 0 || !signal_by_completion(c, callfd))\n'
         '\t\tsignal_if_writable(callfd);',
         'if (0)\n\t\tsignal_by_completion(c, callfd);\n\tif (0)\n'
         '\t\tsignal_if_writable(callfd);\n\teventfd_write(callfd, 1);')]),
    ('descriptors_of_messages_stay_open', [
        (PROXY + 'vhost_user_connection.c', '/* Descriptors that the handler did not take. */\n'
         '\t\tvc_fd_close_all(&vu->closer, &vu->request);',
         'vu->request.nb_fds = 0;')]),
    ('eventfds_of_rings_stay_open', [
        (HOST + 'device.c', 'vc_ring_clear(&dev->rings[i]);',
         'dev->rings[i] = (struct vc_ring){ .kickfd = -1, .callfd = -1 };')]),
    ('memory_stays_mapped', [
        (PROXY + 'vhost_user_device.c', 'vc_fd_unmap(&vu->closer, &map, map.iov_len > 0);',
         '(void)map;')]),
    ('copies_of_packed_rings_are_kept', [
        (HOST + 'virtqueue/vring.c', '\tfree(vr->copies);\n\tmemset(vr', '\tmemset(vr')]),
    ('flood_of_messages', [
        (PROXY + 'vhost_user_connection.c', 'while (ret > 0 && rte_get_timer_cycles() < end)',
         'while (ret > 0 || end == 0)')]),
    ('file_that_gets_shorter', [
        (HOST + 'memory/sigbus.c', 'g == NULL || info->si_code <= 0', '1')]),
    ('region_longer_than_its_file', [
        (HOST + 'memory/file_map.c', ' || end > (uint64_t)st.st_size', ''),
        (HOST + 'memory/sigbus.c', 'g == NULL || info->si_code <= 0', '1')]),
    ('memory_replaced_while_it_is_used', [
        (PROXY + 'vhost_user_device.c', 'if (!env->ops->try_stop_queues(env->dev))\n'
         '\t\treturn VC_VHOST_USER_DEFER;\n\tret = vc_mem_map', 'ret = vc_mem_map')]),
]
