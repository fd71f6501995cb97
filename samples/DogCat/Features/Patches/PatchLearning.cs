using DogCat.Drawing;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;
using PictureFiles;

namespace DogCat.Features.Patches;

/// <summary>
/// Makes filters of patches cut at random from pictures; labels are not looked at. With the mean m and the covariance S of normalised
/// patches, a patch d becomes the filter <c>f = inv(S + 0.1 I) (d - m)</c>, scaled to <c>f' (S + 0.1 I) f = 1</c>.
/// </summary>
/// <remarks>
/// This is the inner product of ZCA-whitened patches (Coates and Ng 2011, who found random patches nearly as good as k-means
/// centroids): with the whitening W of <c>W W = inv(S + 0.1 I)</c>, <c>(W (d - m)) . (W (u - m)) = f . (u - m)</c>. So W itself, and an
/// eigen-decomposition, are not needed.
/// </remarks>
public static class PatchLearning
{
    private const int Sampled = 50_000;
    private const double Ridge = 0.1;

    /// <summary>A whitened patch and a filter agree by 0 +- 1 or less by chance; what goes beyond counts.</summary>
    private const double Threshold = 1.5;

    /// <summary>Patches of less contrast than a few grey levels show nothing to look for.</summary>
    private const float LeastVariance = 10;

    /// <summary>Makes the filters. The same pictures and seed give the same bits, whatever the number of threads.</summary>
    public static PatchFilters Learn(IReadOnlyList<Picture> pictures, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pictures.Count);
        var patches = Sample(pictures, seed);
        var mean = Mean(patches);
        Matrix<double> covariance = Covariance(patches, mean);
        var cholesky = (covariance + Ridge * DenseMatrix.CreateIdentity(Patch.Length)).Cholesky();
        var panels = new float[PatchFilters.Count * PatchFilters.Inputs];
        Parallel.For(0, PatchFilters.Count, k => Make(patches[k], mean, cholesky, k, panels));
        return new PatchFilters(panels);
    }

    private static float[][] Sample(IReadOnlyList<Picture> pictures, int seed)
    {
        const int attempts = 20;
        var patches = new float[Sampled][];
        Parallel.For(0, Sampled, i =>
        {
            patches[i] = new float[Patch.Length];
            var random = SplitMix64.ForItem(seed, i);
            for (var attempt = 0; attempt < attempts; attempt++)
            {
                var picture = pictures[(int)(random.Uniform() * pictures.Count)];
                var x = (int)(random.Uniform() * (picture.Width - Patch.Side + 1));
                var y = (int)(random.Uniform() * (picture.Height - Patch.Side + 1));
                if (Patch.Normalised(picture, x, y, patches[i]) >= LeastVariance)
                    return;
            }
        });
        return patches;
    }

    private static double[] Mean(float[][] patches)
    {
        var mean = new double[Patch.Length];
        foreach (var patch in patches)
            for (var i = 0; i < mean.Length; i++)
                mean[i] += patch[i] / (double)patches.Length;
        return mean;
    }

    private static DenseMatrix Covariance(float[][] patches, double[] mean)
    {
        var covariance = new DenseMatrix(Patch.Length);
        // Each thread sums whole elements of its own, in the order of the patches.
        Parallel.For(0, Patch.Length, i =>
        {
            var sums = new double[i + 1];
            foreach (var patch in patches)
            {
                var deviation = patch[i] - mean[i];
                for (var j = 0; j <= i; j++)
                    sums[j] += deviation * (patch[j] - mean[j]);
            }
            for (var j = 0; j <= i; j++)
                covariance[i, j] = covariance[j, i] = sums[j] / patches.Length;
        });
        return covariance;
    }

    private static void Make(float[] patch, double[] mean, Cholesky<double> cholesky, int k, float[] panels)
    {
        DenseVector deviation = DenseVector.Create(Patch.Length, i => patch[i] - mean[i]);
        var filter = cholesky.Solve(deviation);
        // f' (S + 0.1 I) f = f . (d - m); it is 0 only where all patches are alike, and then there is nothing to answer.
        var length = Math.Sqrt(deviation * filter);
        if (length > 0)
            filter /= length;
        for (var i = 0; i < Patch.Length; i++)
            panels[PatchFilters.At(k, i)] = (float)filter[i];
        panels[PatchFilters.At(k, Patch.Length)] = (float)(-(filter * DenseVector.OfArray(mean)) - Threshold);
    }
}
