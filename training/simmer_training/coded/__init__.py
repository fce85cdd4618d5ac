"""A SampleRNN under codes: a prior draws what is played, a SampleRNN makes its sound."""
