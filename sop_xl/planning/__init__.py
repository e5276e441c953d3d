"""The planning core, one package per step of the cycle: frames in, frames out, no Excel."""
