using static TorchSharp.torch;

namespace LeNetServe.Trainer.Layers;

/// <summary>A layer as a function of its input; the batch is the first dimension.</summary>
internal delegate Tensor Layer(Tensor input, Pass pass);
